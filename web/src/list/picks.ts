import { useState } from 'react'

/** The rows that are picked, of whichever pages of one list. Another list, or the same narrowed otherwise, has none. */
export interface Picks<T> {
  rows: T[]
  has: (id: string) => boolean
  toggle: (row: T) => void
  all: (rows: T[], on: boolean) => void
  none: () => void
}

export function usePicks<T extends { id: string }>(list: string): Picks<T> {
  const [of, keep] = useState<{ list: string; rows: Map<string, T> }>({ list, rows: new Map() })
  const rows = of.list === list ? of.rows : new Map<string, T>()
  const put = (change: (rows: Map<string, T>) => void) => {
    const next = new Map(rows)
    change(next)
    keep({ list, rows: next })
  }
  return {
    rows: [...rows.values()],
    has: (id) => rows.has(id),
    toggle: (row) => put((next) => void (next.delete(row.id) || next.set(row.id, row))),
    all: (these, on) =>
      put((next) => {
        for (const row of these) on ? next.set(row.id, row) : next.delete(row.id)
      }),
    none: () => keep({ list, rows: new Map() }),
  }
}
