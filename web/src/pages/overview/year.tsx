import { dayOf } from '../../words/beijing'
import { number } from '../../words/time'
import { useWords } from '../../words/words'
import { Bars } from './figure'
import type { Counted } from './overview'

/** How much of the year a day has behind it, of one. */
export function passed(year: number, at: string): number {
  const [begin, end] = [Date.parse(`${year}-01-01`), Date.parse(`${year + 1}-01-01`)]
  return Math.min(1, Math.max(0, (Date.parse(dayOf(at)) - begin) / (end - begin)))
}

/** The year against its plan. What the plan counts is not written, so all that it could count is shown. */
export function Year({ of }: { of: Counted }) {
  const { t, lang } = useWords()
  const { plan, year, as_of } = of
  const rows = of.figures
    .filter((f) => !['open', 'stuck'].includes(f.figure))
    .map(({ figure, persons, ...f }) => ({
      ...f,
      key: figure,
      note: persons !== undefined && ` · ${t('web.overview.persons', { n: number(lang, persons) })}`,
    }))
  return (
    <Bars
      title={t('web.overview.year', { year, plan: number(lang, plan.annual) })}
      head={t('web.overview.figure')}
      rows={rows}
      most={plan.annual}
      {...(as_of ? { mark: passed(year, as_of) } : {})}
      foot={t('web.overview.plan', { document: plan.citation.document, clause: plan.citation.clause })}
    />
  )
}
