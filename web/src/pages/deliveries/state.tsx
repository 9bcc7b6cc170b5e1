import type { Schema } from '../../api/client'
import { useWords } from '../../words/words'

const tones = { pending: 'now', delivered: 'good', failed: 'bad' } as const

/** Whether an event was taken. */
export function DeliveryState({ of }: { of: Schema['DeliveryView'] }) {
  const { t } = useWords()
  return <span className={`mark ${tones[of.state]}`}>{t(`web.delivery_state.${of.state}`)}</span>
}
