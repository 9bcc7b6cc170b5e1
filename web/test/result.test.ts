import { describe, expect, it } from 'vitest'
import { columnOf, resultOf, scoreOf } from '../src/pages/tasks/result'

describe('a score that is written', () => {
  it('is a number from 0 to 100 with at most two decimals, in digits of either width', () => {
    for (const [written, score] of [
      ['0', 0],
      ['100', 100],
      [' 88.5 ', 88.5],
      ['77.25', 77.25],
      ['８８．５', 88.5],
    ] as const) {
      expect(scoreOf(written), written).toBe(score)
    }
  })

  it('is never rounded, cut or guessed', () => {
    for (const written of ['', '101', '100.01', '-1', '88.555', '88,5', '1e2', '八十', '0x10', '.5']) {
      expect(scoreOf(written), written).toBeUndefined()
    }
  })
})

describe('a result', () => {
  const day = { held_on: '2026-12-01' }

  it('has the fields of its kind and no others', () => {
    const all = {
      ...day,
      accepted_on: '2026-11-30',
      completed_modules: ['A'],
      score: '60',
      certificate_number: ' C-1 ',
    }
    expect(resultOf('enrolment', all)).toEqual({ accepted_on: '2026-11-30' })
    expect(resultOf('training', all)).toEqual({ completed_modules: ['A'] })
    expect(resultOf('theory', all)).toEqual({ ...day, score: 60 })
    expect(resultOf('practical', all)).toEqual({ ...day, score: 60, certificate_number: 'C-1' })
    const own = { certificate_issued_on: '2026-11-25', certificate_file: 'f' }
    expect(resultOf('practical', { ...all, ...own })).toMatchObject(own)
    expect(resultOf('practical', { ...all, ...own, certificate_number: ' ' })).toEqual({ ...day, score: 60 })
  })

  it('of who was absent has no score, whatever was written before', () => {
    expect(resultOf('exam', { ...day, absent: true, score: '60', certificate_number: 'C-1' })).toEqual({
      ...day,
      absent: true,
    })
  })
})

describe('a pasted column', () => {
  it('is its first cells, line by line', () => {
    expect(columnOf('77\r\n88.5\r\n\r\n60\r\n')).toEqual(['77', '88.5', '', '60'])
    expect(columnOf('77\tx\n88\ty')).toEqual(['77', '88'])
    expect(columnOf('77')).toEqual(['77'])
  })
})
