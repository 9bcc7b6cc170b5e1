import type { Case } from './queries'

const tones: Record<Case['status'], string> = {
  active: 'now',
  waiting: 'warn',
  stuck: 'bad',
  withdrawn: 'still',
  ended: 'good',
}

/** Where a case stands, as a mark. */
export function Status({ status, name }: { status: Case['status']; name: string }) {
  return <span className={`mark ${tones[status]}`}>{name}</span>
}
