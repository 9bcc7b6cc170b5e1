import { act, renderHook } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { steadily, useSteady } from '../src/list/held'

interface Row {
  id: string
  state: string
}

const rows = (...ids: string[]): Row[] => ids.map((id) => ({ id, state: 'first' }))
const query = (these: Row[], total = these.length, isPlaceholderData = false) => ({
  data: { rows: these, total },
  error: null,
  refetch: () => undefined,
  isFetching: false,
  isPlaceholderData,
})

function standing(first: Row[]) {
  const { result, rerender } = renderHook(({ q, key }) => useSteady(q, key), {
    initialProps: { q: query(first), key: 'one' },
  })
  const ids = () => result.current.data?.rows.map((r) => r.id)
  return { result, rerender, ids }
}

describe('a list under its reader', () => {
  it('keeps its rows where they are, and says what came and what went', () => {
    const { result, rerender, ids } = standing(rows('a', 'b'))
    rerender({ q: query(rows('c', 'b')), key: 'one' })
    expect(ids()).toEqual(['a', 'b'])
    expect(result.current.changed.came).toBe(1)
    expect([...result.current.changed.gone]).toEqual(['a'])
  })

  it('shows each row as it is now', () => {
    const { result, rerender } = standing(rows('a', 'b'))
    rerender({ q: query([{ id: 'b', state: 'second' }, ...rows('a')]), key: 'one' })
    expect(result.current.data?.rows).toEqual([
      { id: 'a', state: 'first' },
      { id: 'b', state: 'second' },
    ])
  })

  it('is shown as it is now to who asks', () => {
    const { result, rerender, ids } = standing(rows('a', 'b'))
    rerender({ q: query(rows('c', 'b')), key: 'one' })
    act(() => result.current.accept())
    expect(ids()).toEqual(['c', 'b'])
    expect(result.current.changed.came).toBe(0)
  })

  it('is another once something else is asked for, and not before that is answered', () => {
    const { rerender, ids } = standing(rows('a'))
    rerender({ q: query(rows('a'), 1, true), key: 'two' })
    rerender({ q: query(rows('x')), key: 'two' })
    expect(ids()).toEqual(['x'])
  })

  it('that is empty takes in what comes', () => {
    const { rerender, ids } = standing([])
    rerender({ q: query(rows('a')), key: 'one' })
    expect(ids()).toEqual(['a'])
  })
})

describe('a list that is asked for again and again', () => {
  it('is so less and less often the longer there is no answer', () => {
    const interval = steadily(5_000)
    const since = (ms: number, error: unknown) => ({ state: { dataUpdatedAt: Date.now() - ms, error } })
    expect(interval(since(60_000, null))).toBe(5_000)
    expect(interval(since(2_000, new Error('x')))).toBe(5_000)
    expect(interval(since(20_000, new Error('x')))).toBeGreaterThanOrEqual(20_000)
    expect(interval(since(3_600_000, new Error('x')))).toBe(60_000)
  })
})
