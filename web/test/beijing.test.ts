import { expect, it } from 'vitest'
import { clockOf, dayOf, daysAfter, instant, within } from '../src/words/beijing'

it('reads and writes the time of Beijing, wherever the reader is', () => {
  expect([dayOf('2026-11-30T16:30:00Z'), clockOf('2026-11-30T16:30:00Z')]).toEqual(['2026-12-01', '00:30'])
  expect(new Date(instant('2026-12-01', '09:05')).toISOString()).toBe('2026-12-01T01:05:00.000Z')
  expect(daysAfter('2028-02-28', 1)).toBe('2028-02-29')
  expect(daysAfter('2026-12-28', 7)).toBe('2027-01-04')
})

it('takes an hour that is earlier than a session began for one after midnight', () => {
  const evening = instant('2026-12-31', '19:00')
  expect(within(evening, '21:30')).toBe('2026-12-31T21:30:00+08:00')
  expect(within(evening, '00:15')).toBe('2027-01-01T00:15:00+08:00')
  expect(within(evening, '19:00')).toBe('2026-12-31T19:00:00+08:00')
})
