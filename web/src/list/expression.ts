// The expressions that narrow a list: what stands in `filter` of its address, and what the interface takes. Terms that
// stand side by side must all hold; OR between them, brackets around them, - before what must not hold. The server has the
// last word on an expression (package filter); what is read here is for those who build one, and to show what it says.

export type Operator = ':' | '<' | '>'

/** One condition: of a field, one of the values. */
export interface Term {
  not: boolean
  field: string
  operator: Operator
  values: string[]
}

/** Conditions of which all must hold, or one. */
export interface Group {
  not: boolean
  join: 'all' | 'any'
  parts: Part[]
}

export type Part = Term | Group

export const isGroup = (part: Part): part is Group => 'parts' in part

export const nothing: Group = { not: false, join: 'all', parts: [] }

/** Why an expression cannot be read, and where. */
export class Unreadable extends Error {
  constructor(
    readonly why: 'term' | 'value' | 'quote' | 'bracket' | 'field' | 'end',
    readonly at: number,
  ) {
    super(why)
  }
}

const bare = /[^\s()",\\]/

class Reader {
  private at = 0
  constructor(
    private readonly text: string,
    private readonly fields: ReadonlySet<string>,
  ) {}

  whole(): Group {
    this.blanks()
    if (this.at === this.text.length) return nothing
    const read = this.any()
    if (this.at < this.text.length) throw new Unreadable('bracket', this.at)
    return isGroup(read) ? read : { not: false, join: 'all', parts: [read] }
  }

  private any(): Part {
    const parts = [this.all()]
    while (this.word('OR')) {
      this.blanks()
      parts.push(this.all())
    }
    return one('any', parts)
  }

  private all(): Part {
    const parts: Part[] = []
    while (this.at < this.text.length && this.text[this.at] !== ')' && !this.comes('OR')) parts.push(this.part())
    if (parts.length === 0) throw new Unreadable('end', this.at)
    return one('all', parts)
  }

  private part(): Part {
    let not = false
    while (this.take('-')) not = !not
    if (this.take('(')) {
      const begin = this.at - 1
      this.blanks()
      const within = this.any()
      if (!this.take(')')) throw new Unreadable('bracket', begin)
      this.blanks()
      return not ? { ...within, not: !within.not } : within
    }
    const term = this.term(not)
    this.blanks()
    return term
  }

  private term(not: boolean): Term {
    const begin = this.at
    const field = /^[a-z_]*/.exec(this.text.slice(begin))?.[0] ?? ''
    this.at += field.length
    const operator = this.text[this.at]
    if (!field || (operator !== ':' && operator !== '<' && operator !== '>')) throw new Unreadable('term', begin)
    if (!this.fields.has(field)) throw new Unreadable('field', begin)
    this.at++
    const values = [this.value()]
    while (this.take(',')) values.push(this.value())
    return { not, field, operator, values }
  }

  private value(): string {
    const begin = this.at
    const quoted = /^"((?:[^"\\]|\\["\\])*)"/.exec(this.text.slice(begin))
    if (quoted) {
      this.at += quoted[0].length
      if (!quoted[1]) throw new Unreadable('value', begin)
      return quoted[1].replace(/\\(.)/g, '$1')
    }
    if (this.text[begin] === '"') throw new Unreadable('quote', begin)
    while (bare.test(this.text[this.at] ?? ' ')) this.at++
    if (this.at === begin) throw new Unreadable('value', begin)
    return this.text.slice(begin, this.at)
  }

  private take(sign: string): boolean {
    if (this.text[this.at] !== sign) return false
    this.at++
    return true
  }

  private comes(word: string): boolean {
    return this.text.startsWith(word, this.at) && !/[a-z_:<>]/i.test(this.text[this.at + word.length] ?? ' ')
  }

  private word(word: string): boolean {
    if (!this.comes(word)) return false
    this.at += word.length
    return true
  }

  private blanks() {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++
  }
}

const one = (join: Group['join'], parts: Part[]): Part => {
  const [first] = parts
  return first && parts.length === 1 ? first : { not: false, join, parts }
}

/** Reads an expression; what is not one throws Unreadable. */
export function read(text: string, fields: ReadonlySet<string>): Group {
  return new Reader(text, fields).whole()
}

/** The expression, or the reason why it is none. */
export function tryRead(text: string, fields: ReadonlySet<string>): Group | Unreadable {
  try {
    return read(text, fields)
  } catch (error) {
    if (error instanceof Unreadable) return error
    throw error
  }
}

const written = (value: string) => (/^[^\s()",\\]+$/.test(value) ? value : `"${value.replace(/[\\"]/g, '\\$&')}"`)

/** Whether a part says something: a term that is still being built does not. */
const says = (part: Part): boolean =>
  isGroup(part) ? part.parts.some(says) : part.field !== '' && part.values.length > 0

/** Writes an expression. Brackets stand wherever somebody could ask which comes first. */
export function write(part: Part, within?: Group['join']): string {
  if (!says(part)) return ''
  const sign = part.not ? '-' : ''
  if (!isGroup(part)) return `${sign}${part.field}${part.operator}${part.values.map(written).join(',')}`
  const parts = part.parts.filter(says)
  const [first] = parts
  if (first && parts.length === 1 && !part.not) return write(first, within)
  const inside = parts.map((p) => write(p, part.join)).join(part.join === 'any' ? ' OR ' : ' ')
  return part.not || (within && within !== part.join) ? `${sign}(${inside})` : inside
}

/** Expressions that must all hold, as one. */
export function both(...expressions: (string | undefined)[]): string {
  const said = expressions.filter((e) => e !== undefined && e !== '')
  return said.length < 2 ? (said[0] ?? '') : said.map((e) => (/\sOR\s/.test(e ?? '') ? `(${e})` : e)).join(' ')
}

/** A condition as an expression; nothing when there is no value. */
export const condition = (field: string, ...values: (string | undefined)[]): string =>
  write({ not: false, field, operator: ':', values: values.filter((v) => v !== undefined && v !== '') as string[] })
