// What the log's filters pick, as the log is asked for it and as events are sent once more by it.

import type { Schema } from '../../api/client'

export interface Picked {
  type?: string
  state?: string
  since?: string
  task?: string
  institution?: string
}

/** The beginning of a day of Beijing's, which is how people give a time. */
export const dayBegins = (day: string) => `${day}T00:00:00+08:00`

type Redelivery = Schema['RedeliveryBody']

/** The same filters as a request to send once more. A ping is never sent again, and what waits is sent anyway. */
export function redeliveryOf({ type, state, since }: Picked): Redelivery {
  return {
    ...(since ? { since: dayBegins(since) } : {}),
    ...(type ? { types: [type] as NonNullable<Redelivery['types']> } : {}),
    ...(state === 'delivered' || state === 'failed' ? { states: [state] } : {}),
  }
}
