import type { Schema } from '../../api/client'

const tones: Record<string, string> = { asked: 'now', proposed: 'now', agreed: 'good', refused: 'bad' }

/** How far a claim is. */
export function ClaimState({ of }: { of: Schema['PersonClaimView'] }) {
  return <span className={`mark ${tones[of.state.code] ?? 'still'}`}>{of.state.name}</span>
}
