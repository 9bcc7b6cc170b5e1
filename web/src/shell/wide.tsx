import type { ReactNode } from 'react'
import '../list/list.css'

/** Where a table that is too wide is scrolled, by keyboard too. */
export function Wide({ children }: { children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached.
    <div className="wide" tabIndex={0}>
      {children}
    </div>
  )
}
