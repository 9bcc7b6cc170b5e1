import { useLocation } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useRef, useState } from 'react'
import { useSession } from '../api/session'
import { useCommands } from '../shell/commands'
import { useWords } from '../words/words'
import { Changed } from './changed'
import type { Field } from './fields'
import { useSteady } from './held'
import { useListKeys } from './listkeys'
import { Narrowed } from './narrowed'
import { ListPage, type ListProps } from './page'
import { PickedBar, type Verb } from './picked'
import { usePicks } from './picks'
import './tools.css'

const Tools = lazy(() => import('./tools').then((m) => ({ default: m.Tools })))

type Kept = 'tools' | 'handles' | 'listing' | 'name' | 'search'

interface Props<T> extends Omit<ListProps<T>, Kept> {
  /** Whose views are kept under this name. */
  list: string
  fields: Field[]
  /** What the address says, but for the row that stands open. */
  search: { page?: number; sort?: string; filter?: string; columns?: string; view?: string }
  /** What the list is called where it is had as a file; as its views, unless it says otherwise. */
  file?: string
  /** What else of the address a view keeps. */
  also?: Record<string, string | undefined>
  /** All that narrows the list, as one expression. */
  whole: string
  /** What a row is called where it is picked: rows can be, if there is something to do with several. */
  call?: (row: T) => string
  /** What can be done with rows that are picked, or with the one at hand. */
  verbs?: Verb<T>[]
  /** What became of what was done. */
  said?: ReactNode
}

/**
 * A list page with all its tools: conditions, columns, views that are kept, exports, keys, rows to pick. It is up to date
 * without moving what its reader is about to press.
 */
export function ToolPage<T extends { id: string }>({
  list,
  fields,
  whole,
  verbs = [],
  said,
  call,
  ...props
}: Props<T>) {
  const { t } = useWords()
  const { account } = useSession()
  const here = useLocation({ select: ({ pathname }) => pathname })
  const { page, sort, columns: chosen, view: _view, ...narrowed } = props.search
  const about = JSON.stringify([here, narrowed])
  const picks = usePicks<T>(about)
  const steady = useSteady(props.query, JSON.stringify([about, page, sort]))
  const [building, build] = useState(false)
  const listing = useRef<HTMLDivElement>(null)
  const rows = steady.data?.rows ?? []
  const several = call !== undefined && verbs.some((v) => v.many)

  useListKeys({ listing, rows, picks: several ? picks : undefined, verbs, build: () => build(true) })
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
  return (
    <ListPage
      {...props}
      search={{ ...narrowed, ...(page && { page }), ...(sort && { sort }) }}
      columns={props.columns.filter((c, n) => n === 0 || shown.includes(c.key))}
      query={steady}
      listing={listing}
      handles={{
        gone: (row) => steady.changed.gone.has(row.id),
        ...(several && {
          picking: { picked: (row: T) => picks.has(row.id), pick: picks.toggle, pickAll: picks.all, call },
        }),
      }}
      tools={
        <Suspense fallback={<div className="tools-place" />}>
          <Tools
            list={account.role === 'operator' ? list : undefined}
            search={{ ...props.search, ...props.also }}
            file={props.file ?? list}
            whole={whole}
            sort={sort ?? props.standing ?? ''}
            columns={props.columns}
            shown={shown}
            standing={standing}
            building={building}
            build={build}
          />
        </Suspense>
      }
      below={
        <>
          <Narrowed
            fields={fields}
            filter={props.search.filter}
            whole={whole}
            building={building}
            build={build}
            error={props.query.error}
          />
          {props.below}
          <PickedBar picks={picks} verbs={verbs} />
          <div role="status">{said}</div>
          <Changed steady={steady} />
        </>
      }
    />
  )
}
