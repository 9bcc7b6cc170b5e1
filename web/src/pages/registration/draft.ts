// A registration that is filled in: kept with the server as it goes, one saving after the other, so that it is there on
// another device. Two windows do not overwrite each other: the later is told, and what is in it stays.

import { queryOptions } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { Failure } from '../../api/failure'

export type Draft = Schema['DraftView']
export type Contents = Schema['Drafted']
/** What is changed of it; nothing in the place of something takes it away. */
export type Change = { [K in keyof Contents]?: Contents[K] | undefined }
/** A registration with something of it changed. */
export const changed = (contents: Contents, part: Change) => ({ ...contents, ...part }) as Contents
export type Step = Schema['DraftBody']['step']
export const steps = [
  'target',
  'about',
  'choice',
  'identity',
  'photo',
  'contacts',
  'consents',
  'review',
] as const satisfies readonly Step[]

/** One registration. It is asked for whenever it is opened, and not replaced under the hands of who fills it in. */
export const draftQuery = (id: string) =>
  queryOptions({
    queryKey: ['my', 'draft', id],
    queryFn: () => answer(api.GET('/v1/me/registration-drafts/{id}', { params: { path: { id } } })),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })

/** How what is filled in stands with the server. */
export type Saving = 'saved' | 'saving' | 'unsaved' | 'moved'

/** Until what was changed is sent; and until it is tried again. */
const pause = 600
const again = 3_000

export interface Filling {
  id: string
  contents: Contents
  place: Draft['place'] | undefined
  photo: boolean
  saving: Saving
  change: (part: Change, step?: Step) => void
  /** Sends what is not sent yet. */
  flush: () => Promise<void>
  /** What came of something else that was done to the draft. */
  tell: (what: { place?: Draft['place'] | undefined; photo?: boolean }) => void
}

export function useDraft(first: Draft): Filling {
  const [contents, setContents] = useState(first.contents)
  const [saving, setSaving] = useState<Saving>('saved')
  const [rest, setRest] = useState<Pick<Filling, 'place' | 'photo'>>({ place: first.place, photo: first.photo })
  const kept = useRef({
    version: first.version,
    step: first.step as Step,
    contents: first.contents,
    dirty: false,
    moved: false,
    busy: undefined as Promise<void> | undefined,
    timer: undefined as ReturnType<typeof setTimeout> | undefined,
  })

  const flush = useCallback(async (): Promise<void> => {
    const k = kept.current
    clearTimeout(k.timer)
    await k.busy
    if (!k.dirty || k.moved) return
    k.dirty = false
    setSaving('saving')
    const { version, step, contents } = k
    k.busy = answer(
      api.PUT('/v1/me/registration-drafts/{id}', {
        params: { path: { id: first.id } },
        body: { version, step, contents },
      }),
    ).then(
      (after) => {
        k.version = after.version
        setSaving(k.dirty ? 'saving' : 'saved')
      },
      (error) => {
        k.dirty = true
        k.moved = error instanceof Failure && error.code === 'draft_moved'
        setSaving(k.moved ? 'moved' : 'unsaved')
        if (!k.moved) k.timer = setTimeout(() => void flush(), again)
      },
    )
    await k.busy
    k.busy = undefined
  }, [first.id])

  const change = useCallback(
    (part: Change, step?: Step) => {
      const k = kept.current
      k.contents = changed(k.contents, part)
      k.step = step ?? k.step
      k.dirty = true
      setContents(k.contents)
      clearTimeout(k.timer)
      k.timer = setTimeout(() => void flush(), pause)
    },
    [flush],
  )

  // Whoever leaves a field, the window or the page leaves nothing behind.
  useEffect(() => {
    const leave = () => void flush()
    document.addEventListener('focusout', leave)
    document.addEventListener('visibilitychange', leave)
    return () => {
      document.removeEventListener('focusout', leave)
      document.removeEventListener('visibilitychange', leave)
      leave()
    }
  }, [flush])

  const tell = useCallback<Filling['tell']>((what) => setRest((r) => ({ ...r, ...what })), [])
  return { id: first.id, contents, saving, ...rest, change, flush, tell }
}
