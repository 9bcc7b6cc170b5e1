import type { Schema } from '../../api/client'
import { useWords } from '../../words/words'

const tones = { open: 'now', applied: 'good', discarded: 'still' } as const

/** Whether somebody has decided. */
export function LetterState({ of }: { of: Schema['LetterView'] }) {
  const { t } = useWords()
  return <span className={`mark ${tones[of.state]}`}>{t(`web.letter_state.${of.state}`)}</span>
}
