import { renderHook, waitFor } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { useLive } from '../src/api/live'

/** A server whose streams are written by hand, and what it was asked. */
function server() {
  const asked: string[] = []
  const streams: ReadableStreamDefaultController<Uint8Array>[] = []
  let away = false
  let left = 0
  vi.stubGlobal('fetch', async (_url: string, init: RequestInit) => {
    if (away) throw new TypeError('Failed to fetch')
    asked.push(new Headers(init.headers).get('Last-Event-ID') ?? '')
    const body = new ReadableStream<Uint8Array>({ start: (stream) => void streams.push(stream) })
    init.signal?.addEventListener('abort', () => {
      left++
      streams.at(-1)?.error(new Error('left'))
    })
    return new Response(body)
  })
  return {
    asked,
    goAway: () => {
      away = true
    },
    comeBack: () => {
      away = false
    },
    streams,
    left: () => left,
    write: (text: string) => streams.at(-1)?.enqueue(new TextEncoder().encode(text)),
    cut: () => streams.at(-1)?.close(),
  }
}

const line = (seq: number) => `event: event\nid: ${seq}\ndata: {"seq":${seq},"text":"line ${seq}"}\n\n`

function follow(after: number | undefined) {
  const listener = { onLine: vi.fn(), onHeadline: vi.fn() }
  const hook = renderHook(({ from }) => useLive('c1', from, listener), { initialProps: { from: after } })
  return { ...hook, ...listener }
}

describe('a case that is followed', () => {
  it('is not asked about before its timeline is known', () => {
    const s = server()
    follow(undefined)
    expect(s.asked).toEqual([])
  })

  it('tells each line after the last known one, and the headline', async () => {
    const s = server()
    const page = follow(7)
    await waitFor(() => expect(s.asked).toEqual(['7']))
    s.write(`: open\n\n${line(8)}`)
    s.write('event: headline\ndata: {}\n\n')
    await waitFor(() => expect(page.onHeadline).toHaveBeenCalledOnce())
    expect(page.onLine).toHaveBeenCalledWith({ seq: 8, text: 'line 8' })
    expect(page.result.current).toBe('live')
  })

  it('goes on after the last line when the stream breaks', async () => {
    const s = server()
    const page = follow(0)
    await waitFor(() => expect(s.streams).toHaveLength(1))
    s.write(line(1))
    await waitFor(() => expect(page.onLine).toHaveBeenCalledOnce())
    s.cut()
    await waitFor(() => expect(s.asked).toEqual(['0', '1']), { timeout: 4000 })
  })

  it('is asked about at intervals while no stream can be had, and followed again afterwards', async () => {
    const s = server()
    s.goAway()
    const page = follow(0)
    await waitFor(() => expect(page.result.current).toBe('polling'))
    s.comeBack()
    await waitFor(() => expect(s.streams).toHaveLength(1), { timeout: 4000 })
    s.write(': open\n\n')
    await waitFor(() => expect(page.result.current).toBe('live'))
  })

  it('is followed no more when it is over', async () => {
    const s = server()
    const page = follow(0)
    await waitFor(() => expect(s.streams).toHaveLength(1))
    s.write('event: end\ndata: {}\n\n')
    await waitFor(() => expect(page.result.current).toBe('over'))
    expect(s.asked).toHaveLength(1)
  })

  it('is followed no more when the page is left', async () => {
    const s = server()
    const page = follow(0)
    await waitFor(() => expect(s.streams).toHaveLength(1))
    expect(s.left()).toBe(0)
    page.unmount()
    expect(s.left()).toBe(1)
  })
})
