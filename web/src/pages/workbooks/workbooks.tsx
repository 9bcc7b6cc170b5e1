import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import { Opener, useChange } from '../../list/page'
import { Arrived } from '../../shell/arrived'
import { Note } from '../../shell/notes'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Downloads } from './downloads'
import { Report } from './report'
import { Upload } from './upload'
import './workbooks.css'

export type Workbook = Schema['WorkbookView']

/** What an institution does with Excel: lists go out, and come back filled in. */
export function Workbooks() {
  const { t } = useWords()
  const { account } = useSession()
  const { workbook } = useSearch({ from: '/inside/workbooks' })
  const change = useChange()
  const show = (id: string) => change({ workbook: id, status: undefined, page: undefined })
  return (
    <>
      <header className="head stack close">
        <h1>{t('web.place.workbooks')}</h1>
        <p className="quiet">{account.institution?.name}</p>
      </header>
      <div className="stack">
        <div className="columns">
          <Downloads />
          <Upload onRead={show} />
        </div>
        {workbook && <Report key={workbook} id={workbook} />}
        <Sent open={workbook} />
      </div>
    </>
  )
}

/** What was sent in the last day. */
function Sent({ open }: { open: string | undefined }) {
  const { t, lang } = useWords()
  const list = useQuery({
    queryKey: ['workbooks'],
    queryFn: () => answer(api.GET('/v1/workbooks')),
    refetchInterval: 15_000,
  })
  return (
    <section className="sheet stack close">
      <h2>{t('web.workbooks.sent')}</h2>
      <p className="small quiet">{t('web.workbooks.sent_kept')}</p>
      <Arrived of={list}>
        {(data) =>
          data.workbooks.length === 0 ? (
            <Note title={t('web.workbooks.none')}>
              <p>{t('web.workbooks.none_advice')}</p>
            </Note>
          ) : (
            <ul className="plain lines">
              {data.workbooks.map((w) => (
                <li key={w.id} className="row apart">
                  <span className="row">
                    <Opener field="workbook" id={w.id}>
                      {w.kind_name}
                    </Opener>
                    <span className="quiet small">{moment(lang, w.uploaded_at)}</span>
                    {w.id === open && <span className="quiet small">{t('web.workbooks.shown')}</span>}
                  </span>
                  <State of={w} />
                </li>
              ))}
            </ul>
          )
        }
      </Arrived>
    </section>
  )
}

const tones: Record<Workbook['state'], string> = { checked: 'now', applying: 'now', applied: 'good' }

export function State({ of }: { of: Workbook }) {
  const { t } = useWords()
  if (of.interrupted) return <span className="mark warn">{t('web.workbooks.interrupted')}</span>
  return <span className={`mark ${tones[of.state]}`}>{of.state_name}</span>
}
