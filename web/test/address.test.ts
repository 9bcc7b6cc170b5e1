import { describe, expect, it } from 'vitest'
import { anyText, from, oneOf, page } from '../src/list/search'
import { wayBack } from '../src/pages/login/back'

describe('the address of a list', () => {
  const read = from({ state: oneOf('open', 'closed'), page, incident: anyText })

  it('is read for what it means', () => {
    expect(read({ state: 'open', page: 3, incident: 'a' })).toEqual({ state: 'open', page: 3, incident: 'a' })
    expect(read({ page: '2' })).toEqual({ page: 2 })
  })

  it('loses what means nothing, and keeps the rest', () => {
    expect(read({ state: 'burnt', page: -1, incident: { a: 1 }, utm: 'x' })).toEqual({})
    expect(read({ state: 'closed', page: 1.5, incident: 'x'.repeat(401) })).toEqual({ state: 'closed' })
  })

  it('does not say what is said by nothing: the first page', () => {
    expect(read({ page: 1 })).toEqual({})
  })
})

describe('the way back after a log-in', () => {
  it('leads to where one was', () => {
    expect(wayBack('/tasks?state=open', 'institution')).toBe('/tasks?state=open')
  })

  it.each([undefined, '', '//evil.example', '/\\evil.example', 'https://evil.example', '/login?back=/login'])(
    'leads to the first page of the role from %j',
    (back) => {
      expect(wayBack(back, 'operator')).toBe('/overview')
    },
  )
})
