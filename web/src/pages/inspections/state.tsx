import type { Schema } from '../../api/client'
import { useWords } from '../../words/words'

const tones: Record<string, string> = { planned: 'still', visited: 'now', closed: 'good', cancelled: 'still' }

/** How an inspection stands; one with findings past their deadline says so. */
export function State({ of }: { of: Schema['InspectionSummary'] }) {
  const { t } = useWords()
  if (of.overdue > 0) return <span className="mark bad">{t('web.inspections.overdue_n', { n: of.overdue })}</span>
  return <span className={`mark ${tones[of.state.code]}`}>{of.state.name}</span>
}
