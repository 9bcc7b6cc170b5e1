// A case's timeline as it grows. The stream is read with fetch, because an EventSource cannot ask for a language; it is
// taken up again after the last line that was received. While it cannot be had, the page asks at intervals.

import { EventSourceParserStream } from 'eventsource-parser/stream'
import { useEffect, useRef, useState } from 'react'
import { language } from '../words/language'
import type { Schema } from './client'

type Event = Schema['EventView']

/** How a page learns what is new: from the stream, by asking, or not any more because the case is over. */
export type Liveness = 'connecting' | 'live' | 'polling' | 'over'

/** Until the stream is tried again, by how often it failed in a row. */
const waits = [1_000, 2_000, 5_000, 15_000]
/** A stream that says nothing for so long is gone: the server shows every 15 seconds that it is there. */
const silence = 40_000

interface Listener {
  onLine: (line: Event) => void
  onHeadline: () => void
}

/** Reads one stream to its end, and says whether the case is over. */
async function follow(
  caseId: string,
  after: number,
  signal: AbortSignal,
  heard: () => void,
  tell: (name: string, data: string) => void,
): Promise<boolean> {
  const response = await fetch(`/v1/cases/${caseId}/stream`, {
    headers: { Accept: 'text/event-stream', 'Accept-Language': language.get(), 'Last-Event-ID': String(after) },
    signal,
  })
  if (!response.ok || !response.body) throw new Error('no stream')
  const alive = new TransformStream<string, string>({
    transform: (piece, out) => {
      heard()
      out.enqueue(piece)
    },
  })
  const events = response.body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array<ArrayBuffer>>)
    .pipeThrough(alive)
    .pipeThrough(new EventSourceParserStream())
  for await (const { event, data } of events) {
    if (event === 'end') return true
    tell(event ?? '', data)
  }
  return false
}

/** Follows a case from a line on, as long as the page is there. */
export function useLive(caseId: string, after: number | undefined, listener: Listener): Liveness {
  const [state, setState] = useState<Liveness>('connecting')
  const known = useRef(0)
  const told = useRef(listener)
  told.current = listener
  const ready = after !== undefined
  if (ready) known.current = Math.max(known.current, after)

  useEffect(() => {
    if (!ready) return
    const page = new AbortController()
    const run = async () => {
      for (let failures = 0; !page.signal.aborted; ) {
        const attempt = new AbortController()
        const leave = () => attempt.abort()
        page.signal.addEventListener('abort', leave)
        let watch = setTimeout(leave, silence)
        try {
          const over = await follow(
            caseId,
            known.current,
            attempt.signal,
            () => {
              failures = 0
              setState('live')
              clearTimeout(watch)
              watch = setTimeout(leave, silence)
            },
            (name, data) => {
              if (name === 'headline') told.current.onHeadline()
              if (name !== 'event') return
              const line = JSON.parse(data) as Event
              known.current = line.seq
              told.current.onLine(line)
            },
          )
          if (over) {
            setState('over')
            told.current.onHeadline()
            return
          }
        } catch {
          if (!page.signal.aborted) setState('polling')
        } finally {
          clearTimeout(watch)
          page.signal.removeEventListener('abort', leave)
        }
        const wait = waits[Math.min(failures++, waits.length - 1)]
        await new Promise((resolve) => setTimeout(resolve, wait))
      }
    }
    void run()
    return () => page.abort()
  }, [caseId, ready])

  return state
}
