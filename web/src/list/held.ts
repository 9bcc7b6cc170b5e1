import { useState } from 'react'
import type { Rows } from './listing'

interface Held<T> {
  key: string
  rows: T[]
  total: number
}

export interface Steady<T> extends Rows<T> {
  /** How many rows would be new here, and how many that stand here would not any more. */
  changed: { came: number; gone: Set<string> }
  /** Shows the list as it is now. */
  accept: () => void
}

/** Asks again the later the longer ago the last answer is: as often as said, while there are answers. */
export const steadily =
  (interval: number) =>
  (query: { state: { dataUpdatedAt: number; error: unknown } }): number =>
    query.state.error ? Math.min(60_000, Math.max(interval, Date.now() - query.state.dataUpdatedAt)) : interval

/**
 * A list that stands still under its reader: while they look at one page of it, its rows stay where they are, each as it is
 * now. What came and what went is said, and shown when they ask for it.
 */
export function useSteady<T extends { id: string }>(query: Rows<T>, key: string): Steady<T> {
  const [held, hold] = useState<Held<T>>()
  const { data, isPlaceholderData: placeholder = false } = query
  // An empty list has nothing that could be moved away from under a hand.
  if (data && !placeholder && (!held || held.key !== key || (held.rows.length === 0 && data.rows.length > 0))) {
    hold({ key, rows: data.rows, total: data.total })
  }
  const none = { changed: { came: 0, gone: new Set<string>() }, accept: () => undefined }
  if (!data || placeholder || held?.key !== key) return { ...query, ...none }
  const now = new Map(data.rows.map((row) => [row.id, row]))
  const before = new Set(held.rows.map((row) => row.id))
  return {
    ...query,
    data: { ...data, rows: held.rows.map((row) => now.get(row.id) ?? row) },
    changed: {
      came: data.rows.filter((row) => !before.has(row.id)).length,
      gone: new Set([...before].filter((id) => !now.has(id))),
    },
    accept: () => hold({ key, rows: data.rows, total: data.total }),
  }
}
