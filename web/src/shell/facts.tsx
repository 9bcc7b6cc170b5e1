import type { ReactNode } from 'react'

/** Something by its name. */
export type Fact = [name: string, value: ReactNode]

/** What is known of something, each by its name; what is not is left out. */
export function Facts({ of }: { of: Fact[] }) {
  return (
    <dl className="facts">
      {of
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name} className="fact">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}
