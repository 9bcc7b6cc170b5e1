import type { ReactNode } from 'react'

/** Text as a machine wrote it or reads it. What is too wide is scrolled, by keyboard too. */
export function Verbatim({ children }: { children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached.
    <pre className="code small" tabIndex={0}>
      {children}
    </pre>
  )
}
