// What a list's address says of it. A value that means nothing is left out, as if it were not there: addresses are typed
// in, cut off and kept for years.

type Reader<T> = (value: unknown) => T | undefined

/** One of a few values. */
export const oneOf =
  <const T extends string>(...values: T[]): Reader<T> =>
  (value) =>
    values.find((v) => v === value)

/** Any short text: an id, a code. */
export const anyText: Reader<string> = (value) =>
  typeof value === 'string' && value !== '' && value.length <= 400 ? value : undefined

/** A day of the calendar. */
export const day: Reader<string> = (value) =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined

/** A calendar year. */
export const year: Reader<number> = (value) => {
  const n = Number(value)
  return Number.isInteger(n) && n >= 2000 && n <= 2200 ? n : undefined
}

/** The number of a page; the first is not said. */
export const page: Reader<number> = (value) => {
  const n = Number(value)
  return Number.isInteger(n) && n > 1 && n <= 1000 ? n : undefined
}

/** An expression that narrows a list, as long as the interface takes one. */
export const expression: Reader<string> = (value) =>
  typeof value === 'string' && value.trim() !== '' && value.length <= 2000 ? value : undefined

/** What the address of a list says that has all tools: see list/tools.tsx. */
export const toolsSay = { filter: expression, columns: anyText, view: anyText, page }

type Search<R extends Record<string, Reader<unknown>>> = {
  [K in keyof R]?: R[K] extends Reader<infer T> ? T : never
}

/** Reads an address by a list of what it may say. */
export function from<R extends Record<string, Reader<unknown>>>(readers: R) {
  return (raw: Record<string, unknown>): Search<R> => {
    const search: Record<string, unknown> = {}
    for (const [name, read] of Object.entries(readers)) {
      const value = read(raw[name])
      if (value !== undefined) search[name] = value
    }
    return search as Search<R>
  }
}
