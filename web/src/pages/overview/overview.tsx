import { useQuery } from '@tanstack/react-query'
import { answer, api, type Schema } from '../../api/client'
import { steadily } from '../../list/held'
import { Arrived } from '../../shell/arrived'
import { Note } from '../../shell/notes'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Ageing } from './ageing'
import { Breakdown } from './breakdown'
import { Bars } from './figure'
import { Now } from './now'
import { Year } from './year'
import './overview.css'

export type Counted = Schema['OverviewOutputBody']

/** What an operator sees first: how the year goes, what is stuck, what changed today. Every figure leads to its list. */
export function Overview() {
  const { t, lang } = useWords()
  const overview = useQuery({
    queryKey: ['overview'],
    queryFn: () => answer(api.GET('/v1/overview')),
    refetchInterval: steadily(15_000),
  })
  const as_of = overview.data?.as_of
  return (
    <>
      <header className="head stack close">
        <h1>{t('web.place.overview')}</h1>
        {as_of && <p className="quiet">{t('web.overview.as_of', { at: moment(lang, as_of) })}</p>}
      </header>
      <Arrived of={overview} rows={12}>
        {(of) =>
          of.as_of ? (
            <Counts of={of} />
          ) : (
            <div className="sheet">
              <Note title={t('web.overview.none')}>
                <p>{t('web.overview.none_advice')}</p>
              </Note>
            </div>
          )
        }
      </Arrived>
    </>
  )
}

function Counts({ of }: { of: Counted }) {
  const { t } = useWords()
  return (
    <div className="overview">
      <Now of={of} />
      <Year of={of} />
      <Bars
        title={t('web.overview.funnel', { year: of.year })}
        head={t('web.fields.stage')}
        rows={of.funnel.map((s) => ({ ...s, key: s.step }))}
        most={Math.max(1, of.funnel[0]?.count ?? 0)}
      />
      <Ageing of={of.ageing} />
      <Breakdown by={of.by} />
    </div>
  )
}
