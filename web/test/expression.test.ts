import { describe, expect, it } from 'vitest'
import { both, condition, type Part, read, tryRead, Unreadable, write } from '../src/list/expression'

const fields = new Set(['queue', 'stage', 'age', 'institution', 'due', 'assignee'])
const term = (field: string, ...values: string[]): Part => ({ not: false, field, operator: ':', values })

describe('an expression', () => {
  it.each([
    ['queue:external'],
    ['queue:external,overdue stage:exam'],
    ['queue:external OR stage:exam'],
    ['queue:external (stage:exam OR age>30) -assignee:me'],
    ['-(queue:external stage:exam)'],
    ['(queue:external stage:exam) OR (due<2026-12-01 -stage:title)'],
    ['institution:"a b"'],
    ['due<today+3 -due:none'],
  ])('is written as it was read: %s', (text) => {
    expect(write(read(text, fields))).toBe(text)
  })

  it('puts what stands side by side before what OR joins', () => {
    expect(write(read('queue:external stage:exam OR age>3', fields))).toBe('(queue:external stage:exam) OR age>3')
  })

  it('loses brackets that say nothing', () => {
    expect(write(read(' ((queue:external))   --(stage:exam) ', fields))).toBe('queue:external stage:exam')
  })

  it('that says nothing narrows nothing', () => {
    expect(write(read('   ', fields))).toBe('')
  })

  it('leaves out a condition that is still being built', () => {
    expect(write({ not: false, join: 'any', parts: [term('queue', 'external'), term('stage'), term('')] })).toBe(
      'queue:external',
    )
  })

  it('leads a value with blanks, brackets or commas through quotation marks', () => {
    const text = write(term('institution', 'a (b), "c" \\', 'd'))
    expect(text).toBe('institution:"a (b), \\"c\\" \\\\",d')
    expect(read(text, fields).parts).toEqual([term('institution', 'a (b), "c" \\', 'd')])
  })

  it('holds with another one though that has an OR', () => {
    expect(both('queue:external', 'stage:exam OR age>3')).toBe('queue:external (stage:exam OR age>3)')
    expect(both(undefined, '', 'stage:exam')).toBe('stage:exam')
    expect(both(condition('queue', undefined), condition('stage', 'exam', 'title'))).toBe('stage:exam,title')
  })
})

describe('what is no expression', () => {
  it.each([
    ['external', 'term', 0],
    ['queue:external burnt:yes', 'field', 15],
    ['queue:', 'value', 6],
    ['queue:external,', 'value', 15],
    ['institution:"a b', 'quote', 12],
    ['(queue:external', 'bracket', 0],
    ['queue:external)', 'bracket', 14],
    ['queue:external OR', 'end', 17],
    ['queue:external ()', 'end', 16],
  ])('says why and where: %s', (text, why, at) => {
    const said = tryRead(text, fields)
    expect(said).toBeInstanceOf(Unreadable)
    expect(said).toMatchObject({ why, at })
  })
})
