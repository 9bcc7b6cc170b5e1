// What a list can be narrowed by, in words.

import type { useWords } from '../words/words'
import { isGroup, type Operator, type Part } from './expression'

/** A field of a list's expressions. */
export interface Field {
  name: string
  label: string
  /** A choice is made among the options; days and ages can be compared. */
  kind: 'choice' | 'text' | 'day' | 'age'
  options?: Option[]
}

export interface Option {
  value: string
  label: string
}

/** The value of what is missing, and of the reader's own account. */
export const missing = 'none'
export const me = 'me'

type T = ReturnType<typeof useWords>['t']

export const comparable = (field: Field | undefined) => field?.kind === 'day' || field?.kind === 'age'

const relations = { ':': 'is', '<': 'below', '>': 'above' } as const satisfies Record<Operator, string>

/** How a value stands to its field, in words. */
export function relation(t: T, operator: Operator, field: Field | undefined): string {
  if (field?.kind === 'day' && operator !== ':') return t(operator === '<' ? 'web.filter.before' : 'web.filter.after')
  return t(`web.filter.${relations[operator]}`)
}

/** A value in words. */
export const valueName = (t: T, field: Field | undefined, value: string) =>
  value === missing ? t('web.filter.none') : (field?.options?.find((o) => o.value === value)?.label ?? value)

/** What a part of an expression says, in words. */
export function say(t: T, fields: Field[], part: Part, within = false): string {
  const not = part.not ? t('web.filter.not') : ''
  if (isGroup(part)) {
    const inside = part.parts
      .map((p) => say(t, fields, p, true))
      .join(t(part.join === 'any' ? 'web.filter.or' : 'web.filter.and'))
    return within || part.not ? `${not}(${inside})` : inside
  }
  const field = fields.find((f) => f.name === part.field)
  const values = part.values.map((v) => valueName(t, field, v)).join(t('web.filter.values'))
  return `${not}${field?.label ?? part.field}${relation(t, part.operator, field)}${values}`
}

/** What a field can be, for a filter that is at hand. */
export const optionsOf = (fields: Field[], name: string): Option[] => fields.find((f) => f.name === name)?.options ?? []
