import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useId, useMemo, useRef, useState } from 'react'
import { answer, api } from '../api/client'
import type { Role } from '../api/session'
import { useWords } from '../words/words'
import { type Command, commandsNow } from './commands'
import { placesOf } from './places'
import './palette.css'

const caseId = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Everything there is, by its name: where to go, views, what can be done with what is picked, and a case by its id. */
export function Palette({ role, close }: { role: Role; close: () => void }) {
  const { t, name } = useWords()
  const navigate = useNavigate()
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  const [text, type] = useState('')
  const [at, move] = useState(0)
  useEffect(() => {
    const shown = dialog.current
    if (shown && !shown.open) shown.showModal()
    return () => shown?.close()
  }, [])

  const sought = text.trim().toLowerCase()
  const isCase = role === 'operator' && caseId.test(sought)
  const found = useQuery({
    queryKey: ['case', sought],
    queryFn: () => answer(api.GET('/v1/cases/{id}', { params: { path: { id: sought } } })),
    enabled: isCase,
    retry: false,
  })
  // What the page offers is what it offered when the palette was opened: below it, the page stands still.
  const all = useMemo<Command[]>(
    () => [
      ...commandsNow(),
      ...placesOf(role).flatMap((place) =>
        place.pages.map((page) => ({
          id: page.to,
          name: t(page.name),
          kind: t(place.name),
          run: () => void navigate({ to: page.to }),
        })),
      ),
    ],
    [role, t, navigate],
  )
  const fits = all.filter((c) => `${c.name} ${c.kind}`.toLowerCase().includes(sought))
  const commands: Command[] = found.data
    ? [
        {
          id: 'case',
          name: `${found.data.occupation.name} · ${name('level', found.data.level.code)}`,
          kind: found.data.stage_name,
          run: () => void navigate({ to: '/cases/$id', params: { id: sought } }),
        },
      ]
    : fits
  const here = Math.min(at, commands.length - 1)
  const run = (command: Command | undefined) => {
    if (!command) return
    close()
    command.run()
  }
  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label={t('web.palette.title')}
      onCancel={(e) => {
        e.preventDefault()
        close()
      }}
      onClick={(e) => {
        if (e.target === dialog.current) close()
      }}
      onKeyDown={(e) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[e.key]
        if (step) {
          e.preventDefault()
          move(Math.min(commands.length - 1, Math.max(0, here + step)))
        }
      }}
    >
      <form
        onSubmit={(e) => {
          e.preventDefault()
          run(commands[here])
        }}
      >
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={commands[here] ? `${id}-${here}` : undefined}
          aria-label={t('web.palette.hint')}
          placeholder={t('web.palette.hint')}
          value={text}
          maxLength={100}
          autoComplete="off"
          onChange={(e) => {
            type(e.target.value)
            move(0)
          }}
        />
      </form>
      <div role="listbox" id={id} aria-label={t('web.palette.title')} className="palette-found">
        {commands.map((c, n) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's.
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field, which says which one is meant.
          <div
            key={c.id}
            id={`${id}-${n}`}
            role="option"
            aria-selected={n === here}
            className="palette-line"
            ref={(line) => {
              if (n === here) line?.scrollIntoView({ block: 'nearest' })
            }}
            onClick={() => run(c)}
          >
            <span>{c.name}</span>
            <span className="small quiet">{c.kind}</span>
          </div>
        ))}
      </div>
      {commands.length === 0 && (
        <p role="status" className="quiet palette-none">
          {t(isCase ? (found.isFetching ? 'web.note.loading' : 'web.palette.no_case') : 'web.palette.none')}
        </p>
      )}
    </dialog>
  )
}
