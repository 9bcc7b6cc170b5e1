import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { answer, api } from '../../api/client'
import { useSession } from '../../api/session'
import { Opener } from '../../list/page'
import { Arrived } from '../../shell/arrived'
import { Note } from '../../shell/notes'
import { useWords } from '../../words/words'
import { State } from '../classes/classes'
import { Target } from '../classes/target'
import { Uploading } from '../intakes/uploading'
import { Code } from './code'
import { Papers } from './papers'
import { People } from './people'
import '../../list/list.css'

/** The classes that an employer sponsors, and its own people in them. */
export function Staff() {
  const { t } = useWords()
  const { account } = useSession()
  const { class: open } = useSearch({ from: '/inside/staff' })
  const list = useQuery({
    queryKey: ['sponsored'],
    queryFn: async () => (await answer(api.GET('/v1/sponsored-classes'))).classes,
  })
  const chosen = list.data?.find((c) => c.id === open) ?? list.data?.[0]
  return (
    <div className="stack">
      <header className="head stack close">
        <h1>{t('web.sponsored.title')}</h1>
        <p className="quiet">{account.employer?.name}</p>
      </header>
      <Arrived of={list} rows={4}>
        {(data) =>
          !chosen ? (
            <div className="sheet">
              <Note title={t('web.sponsored.no_class')}>
                <p>{t('web.sponsored.no_class_advice')}</p>
              </Note>
            </div>
          ) : (
            <>
              <section className="sheet stack close">
                <h2>{t('web.sponsored.classes')}</h2>
                <ul className="plain lines">
                  {data.map((c) => (
                    <li key={c.id} className="row apart" aria-current={c.id === chosen.id || undefined}>
                      <span>
                        <Opener field="class" id={c.id}>
                          {c.name}
                        </Opener>{' '}
                        <span className="quiet small">
                          {c.institution.name} · <Target of={c} />
                        </span>
                      </span>
                      {c.sponsor?.agreed_at ? (
                        <State of={c} />
                      ) : (
                        <span className="mark warn">{t('web.sponsored.to_agree')}</span>
                      )}
                    </li>
                  ))}
                </ul>
              </section>
              <section key={chosen.id} className="sheet stack" aria-labelledby="sponsored">
                <div className="stack close">
                  <h2 id="sponsored">{chosen.name}</h2>
                  <p className="quiet small">
                    {chosen.mode.name} · {t('web.sponsored.days', { from: chosen.starts_on, to: chosen.ends_on })} ·{' '}
                    {t('web.sponsored.places', { taken: chosen.sponsor?.taken ?? 0, capacity: chosen.capacity })}
                  </p>
                </div>
                <Code of={chosen} />
                {chosen.sponsor?.agreed_at && chosen.state !== 'closed' && <Uploading of={chosen} />}
                {chosen.sponsor?.agreed_at && <People of={chosen} />}
                {(chosen.sponsor?.taken ?? 0) > 0 && <Papers of={chosen} />}
              </section>
            </>
          )
        }
      </Arrived>
    </div>
  )
}
