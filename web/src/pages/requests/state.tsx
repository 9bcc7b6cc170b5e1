import type { Schema } from '../../api/client'
import { useWords } from '../../words/words'

/** Whether it is still to be answered. */
export const unanswered = ({ state }: Schema['PetitionView']) => state.code === 'asked' || state.code === 'proposed'

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

/** A mark of an evaluation, as it was given. */
export function Marked({ part, attempt, score }: { part: string; attempt: number; score: number | undefined }) {
  const { t } = useWords()
  const points = score === undefined ? t('web.requests.absent') : t('web.requests.points', { n: score })
  return `${part} · ${t('web.tasks.attempt_n', { n: attempt })} · ${points}`
}
