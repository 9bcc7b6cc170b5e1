/** A ridge, drawn with few lines: where there is nothing to show, and beside the log-in. */
export function Ridge({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 240 120" className={className} aria-hidden="true" fill="none" strokeLinejoin="round">
      <path d="M4 108 62 52l22 20 44-58 34 46 20-18 54 66" stroke="var(--quiet)" strokeWidth="1.6" opacity=".75" />
      <path d="M26 108 84 72l20 16 30-34 30 34 22-14 46 34" stroke="var(--quiet)" strokeWidth="1.2" opacity=".4" />
      <path d="m112 35 16-21 13 18-8 4-6-6-6 8z" fill="var(--quiet)" opacity=".25" />
      <circle cx="196" cy="24" r="8" fill="var(--accent)" />
    </svg>
  )
}

/** The product's sign. */
export function Sign() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="var(--slate)" />
      <path d="M4 25 13 9l4.5 8L20 13l8 12z" fill="var(--paper)" />
      <circle cx="23" cy="8" r="2.6" fill="var(--accent)" />
    </svg>
  )
}
