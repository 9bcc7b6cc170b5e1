import { Link } from '@tanstack/react-router'
import { type ReactNode, type RefObject, Suspense } from 'react'
import { useWords } from '../words/words'
import { type Change, useChange } from './change'
import { type Filter, Filters } from './filters'
import { type Column, type Handles, Listing, type Rows } from './listing'

export { useChange }

/** How many rows a page of a list has. */
export const size = 20

/** What opens a row, beside the list. */
export function Opener({ field, id, children }: { field: string; id: string; children: ReactNode }) {
  return (
    <Link to="." search={((before: Change) => ({ ...before, [field]: id })) as never} className="opener">
      {children}
    </Link>
  )
}

export interface ListProps<T> {
  heading: string
  lead?: ReactNode
  /** What can be done about the whole list. */
  action?: ReactNode
  /** What stands between the heading and the list. */
  above?: ReactNode
  /** What stands beside the filters. */
  tools?: ReactNode
  /** What stands between the filters and the rows. */
  below?: ReactNode
  /** What becomes of the rows where they stand, and where they are. */
  handles?: Handles<T>
  listing?: RefObject<HTMLDivElement | null>
  /** The list's own name; its page's, unless it says otherwise. */
  name?: string
  filters?: Filter[]
  columns: Column<T>[]
  query: Rows<T>
  /** What the address says, but for the row that stands open. */
  search: { page?: number; sort?: string }
  /** The order that the list has when none is asked for. */
  standing?: string
  /** The row that stands open, by its id, and what shows it. */
  open?: string | undefined
  detail?: (id: string) => ReactNode
  /** What is said when there is nothing, though nothing was left out. */
  none?: { title: string; advice: string }
}

/** A page that is a list: what narrows it, its rows, and one of them beside it. The address says all of that. */
export function ListPage<T extends { id: string }>(props: ListProps<T>) {
  const { t } = useWords()
  const change = useChange()
  const { heading, search, open, none } = props
  const { page, sort, ...narrowed } = search
  const filtered = Object.values(narrowed).some(Boolean)
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
      {props.tools ? (
        <div className="tools-row">
          {props.filters && <Filters onChange={change} filters={props.filters} />}
          {props.tools}
        </div>
      ) : (
        props.filters && <Filters onChange={change} filters={props.filters} />
      )}
      {props.below}
      <div ref={props.listing}>
        <Listing
          name={props.name ?? heading}
          columns={props.columns}
          rowKey={(row) => row.id}
          query={props.query}
          size={size}
          page={page}
          sort={sort}
          standing={props.standing ?? ''}
          onChange={change}
          open={open}
          empty={none && !filtered ? none : { title: t('web.list.none_fit'), advice: t('web.list.none_fit_advice') }}
          handles={props.handles}
        />
      </div>
      {open && props.detail && <Suspense>{props.detail(open)}</Suspense>}
    </>
  )
}

/** One page of a list that the interface gives whole. */
export function part<T>(all: T[], page = 1): { rows: T[]; total: number } {
  return { rows: all.slice((page - 1) * size, page * size), total: all.length }
}
