import type { Schema } from '../../api/client'
import { useWords } from '../../words/words'

const tones: Record<string, string> = {
  recorded: 'warn',
  dropped: 'still',
  noticed: 'now',
  reviewed: 'now',
  decided: 'now',
  delivered: 'good',
}

/** How far it is, and whether the next step is overdue. */
export function MisconductState({ of }: { of: Schema['MisconductView'] }) {
  const { t } = useWords()
  return (
    <span className="row">
      <span className={`mark ${tones[of.state.code] ?? 'still'}`}>{of.state.name}</span>
      {of.overdue && <span className="mark bad">{t('web.misconduct.overdue')}</span>}
    </span>
  )
}
