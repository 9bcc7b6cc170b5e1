import type { Schema } from '../../api/client'

const marks = {
  waiting: 'warn',
  sending: 'warn',
  acknowledged: 'warn',
  paused: 'warn',
  published: 'good',
  refused: 'bad',
  not_connected: 'warn',
} as const

/** Where a certificate is found, and since when it is not, in the server's words. */
export function Found({ on }: { on: Schema['PublicationView'][] | null | undefined }) {
  if (!on || on.length === 0) return null
  return (
    <ul className="plain row">
      {on.map((p) => (
        <li key={p.channel.code} className={`mark ${marks[p.state]}`}>
          {p.text}
        </li>
      ))}
    </ul>
  )
}
