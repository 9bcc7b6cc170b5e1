import type { Schema } from '../../api/client'
import { useWords } from '../../words/words'

const tones: Record<string, string> = { asked: 'now', proposed: 'now', answered: 'good', withdrawn: 'still' }

/** How far it is, and whether its answer is overdue. */
export function RequestState({ of }: { of: Schema['PetitionView'] }) {
  const { t } = useWords()
  return (
    <span className="row">
      <span className={`mark ${tones[of.state.code] ?? 'still'}`}>{of.state.name}</span>
      {of.overdue && <span className="mark bad">{t('web.requests.overdue')}</span>}
    </span>
  )
}
