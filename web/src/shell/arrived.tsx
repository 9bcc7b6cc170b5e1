import type { ReactNode } from 'react'
import { Trouble } from './notes'
import { Waiting } from './waiting'

/** What a page asked for, as far as it has come. */
interface Asked<T> {
  data: T | undefined
  error: unknown
  refetch: () => unknown
}

/** What was asked for, once it has arrived. What is shown stays when asking once more fails. */
export function Arrived<T>({
  of,
  rows,
  children,
}: {
  of: Asked<T>
  /** How many lines it will be, roughly. */
  rows?: number
  children: (data: T) => ReactNode
}) {
  return of.data === undefined ? <Coming of={of} rows={rows} /> : children(of.data)
}

/** In the place of what has not arrived: that it will be there shortly, or why it is not. */
export function Coming({ of, rows }: { of: Omit<Asked<unknown>, 'data'>; rows?: number | undefined }) {
  return of.error ? <Trouble error={of.error} again={() => void of.refetch()} /> : <Waiting rows={rows} />
}
