// Messages of the product's one catalogue, filled in as package message does.

import type everybody from '../generated/zh.everybody.json'
import type operator from '../generated/zh.operator.json'
import type staff from '../generated/zh.staff.json'

/** Every message that is shipped: a key that is not in the catalogue does not compile. */
export type Key = keyof typeof everybody | keyof typeof staff | keyof typeof operator
type Above<K extends string> = K extends `${infer First}.${infer Rest}` ? First | `${First}.${Above<Rest>}` : never
/** What keys stand below: a family that is not shipped does not compile, so no page shows a code instead of its word. */
export type Family = Above<Key>
export type Dictionary = Record<Key, string>
export type Params = Record<string, string | number>

const placeholder = /\{([a-z_]+)(?::([a-z_]+))?\}/g

/** The message of a key. {name} stands for a parameter, {name:family} for a code's own message. */
export function text(words: Dictionary, key: Key, params: Params = {}): string {
  return words[key].replace(placeholder, (_, name: string, family?: string) => {
    const value = String(params[name] ?? '—')
    return family ? named(words, family, value) : value
  })
}

/** The word of a code; a code without one shows as it is. */
export function named(words: Dictionary, family: string, code: string): string {
  return (words as Record<string, string>)[`${family}.${code}`] ?? code
}

/** The codes that a family has a word for. */
export function family(words: Dictionary, of: string): string[] {
  const codes = Object.keys(words)
    .filter((key) => key.startsWith(`${of}.`))
    .map((key) => key.slice(of.length + 1).split('.')[0] ?? '')
  return [...new Set(codes)]
}
