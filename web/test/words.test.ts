import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { preferred } from '../src/words/language'
import { type Dictionary, named, text } from '../src/words/message'
import { fromNow, moment } from '../src/words/time'
import { en, zh } from './catalogue'

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => readFileSync(join('src', file), 'utf8'))
  .join('\n')

describe('the catalogue of messages', () => {
  it('says the same things in both languages', () => {
    expect(Object.keys(en)).toEqual(Object.keys(zh))
  })

  it('holds no word that no page shows', () => {
    // A page puts a key together from its beginning and a code, or names the family that a code is of.
    const families = [
      ...[...sources.matchAll(/`(web\.[a-z_.]+[._])\$\{/g)].map((m) => m[1] as string),
      ...[...sources.matchAll(/name\('(web\.[a-z_.]+)'/g)].map((m) => `${m[1]}.`),
    ]
    const unused = Object.keys(zh).filter(
      (key) =>
        key.startsWith('web.') && !sources.includes(`'${key}'`) && !families.some((family) => key.startsWith(family)),
    )
    expect(unused).toEqual([])
  })

  it('fills placeholders with parameters, and with the words of codes', () => {
    const words = { 'web.case.next': 'then {stage:stage}, {n}', 'stage.exam': 'the exam' } as unknown as Dictionary
    expect(text(words, 'web.case.next', { stage: 'exam', n: 0 })).toBe('then the exam, 0')
    expect(text(words, 'web.case.next', { n: 1 })).toBe('then —, 1')
  })

  it('shows a code that it has no word for as it is', () => {
    expect(named(zh, 'stage', 'exam')).toBe('结业考核')
    expect(named(zh, 'stage', 'unheard_of')).toBe('unheard_of')
  })
})

describe('the language', () => {
  it.each([
    [['en-GB', 'zh-CN'], 'en'],
    [['zh-TW', 'en'], 'zh'],
    [['fr', 'en-US'], 'en'],
    [['fr'], 'zh'],
    [[], 'zh'],
  ])('of a reader whose browser asks for %j is %s', (languages, want) => {
    expect(preferred(languages)).toBe(want)
  })
})

describe('moments', () => {
  it('are shown in the time of Beijing', () => {
    expect(moment('zh', '2026-01-31T16:30:00Z')).toBe('2026/02/01 00:30')
  })

  it('are told from now in the largest unit that fits', () => {
    const now = Date.parse('2026-01-31T16:30:00Z')
    expect(fromNow('zh', '2026-01-28T16:00:00Z', now)).toBe('3天前')
    expect(fromNow('en', '2026-01-31T16:29:57Z', now)).toBe('3 seconds ago')
    expect(fromNow('en', '2026-01-31T18:40:00Z', now)).toBe('in 2 hours')
  })
})
