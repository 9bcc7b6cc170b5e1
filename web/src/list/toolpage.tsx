import { useLocation } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useRef, useState } from 'react'
import { useCommands } from '../shell/commands'
import { useWords } from '../words/words'
import { Changed } from './changed'
import type { Field } from './fields'
import { type Filter, Filters } from './filters'
import { useSteady } from './held'
import { type Column, Listing, type Rows } from './listing'
import { useListKeys } from './listkeys'
import { Narrowed } from './narrowed'
import { size, useChange } from './page'
import { PickedBar, type Verb } from './picked'
import { usePicks } from './picks'
import './tools.css'

const Tools = lazy(() => import('./tools').then((m) => ({ default: m.Tools })))

interface Props<T> {
  /** Whose views are kept under this name. */
  list: string
  heading: string
  lead?: ReactNode
  /** What can be done about the whole list. */
  action?: ReactNode
  /** What stands between the heading and the list. */
  above?: ReactNode
  /** The few filters that are at hand; all others are conditions on the fields. */
  filters?: Filter[]
  fields: Field[]
  columns: Column<T>[]
  query: Rows<T>
  /** What the address says, but for the row that stands open. */
  search: { page?: number; sort?: string; filter?: string; columns?: string; view?: string }
  /** What the list is called where it is had as a file; as its views, unless it says otherwise. */
  file?: string
  /** What else of the address a view keeps. */
  also?: Record<string, string | undefined>
  /** All that narrows the list, as one expression. */
  whole: string
  /** The order that the list has when none is asked for. */
  standing?: string
  /** What a row is called. */
  call: (row: T) => string
  /** What can be done with rows that are picked, or with the one at hand. */
  verbs?: Verb<T>[]
  /** What became of what was done. */
  said?: ReactNode
  open?: string | undefined
  detail?: (id: string) => ReactNode
  none?: { title: string; advice: string }
}

/**
 * A list of an operator's with all its tools: conditions, columns, views that are kept, exports, keys, rows to pick. It is
 * up to date without moving what its reader is about to press.
 */
export function ToolPage<T extends { id: string }>(props: Props<T>) {
  const { t } = useWords()
  const change = useChange()
  const here = useLocation({ select: ({ pathname }) => pathname })
  const { heading, search, fields, open, none, verbs = [] } = props
  const { page, sort, columns: chosen, view: _view, ...narrowed } = search
  const filtered = Object.values(narrowed).some(Boolean)
  const about = JSON.stringify([here, narrowed])
  const picks = usePicks<T>(about)
  const steady = useSteady(props.query, JSON.stringify([about, page, sort]))
  const [building, build] = useState(false)
  const listing = useRef<HTMLDivElement>(null)
  const rows = steady.data?.rows ?? []

  useListKeys({ listing, rows, picks, verbs, build: () => build(true) })
  useCommands(
    picks.rows.length > 0
      ? verbs.map((v) => ({
          id: `verb ${v.id}`,
          name: v.name,
          kind: t('web.palette.picked', { n: picks.rows.length }),
          run: () => v.run(picks.rows),
        }))
      : [],
  )
  const standing = props.columns.filter((c) => !c.spare).map((c) => c.key)
  const shown = chosen ? chosen.split(',') : standing
  const columns = props.columns.filter((c, n) => n === 0 || shown.includes(c.key))
  return (
    <>
      <header className="head row apart">
        <div className="stack close">
          <h1>{heading}</h1>
          {props.lead && <p className="quiet">{props.lead}</p>}
        </div>
        {props.action}
      </header>
      {props.above}
      <div className="tools-row">
        {props.filters && <Filters onChange={change} filters={props.filters} />}
        <Suspense fallback={<div className="tools-place" />}>
          <Tools
            list={props.list}
            search={{ ...search, ...props.also }}
            file={props.file ?? props.list}
            whole={props.whole}
            sort={sort ?? props.standing ?? ''}
            columns={props.columns}
            shown={shown}
            standing={standing}
            building={building}
            build={build}
          />
        </Suspense>
      </div>
      <Narrowed
        fields={fields}
        filter={search.filter}
        whole={props.whole}
        building={building}
        build={build}
        error={props.query.error}
      />
      <PickedBar picks={picks} verbs={verbs} />
      <div role="status">{props.said}</div>
      <Changed steady={steady} />
      <div ref={listing}>
        <Listing
          name={heading}
          columns={columns}
          rowKey={(row) => row.id}
          query={steady}
          size={size}
          page={page}
          sort={sort}
          standing={props.standing ?? ''}
          onChange={change}
          open={open}
          empty={none && !filtered ? none : { title: t('web.list.none_fit'), advice: t('web.list.none_fit_advice') }}
          handles={{
            picked: (row) => picks.has(row.id),
            pick: picks.toggle,
            pickAll: picks.all,
            call: props.call,
            gone: (row) => steady.changed.gone.has(row.id),
          }}
        />
      </div>
      {open && props.detail && <Suspense>{props.detail(open)}</Suspense>}
    </>
  )
}
