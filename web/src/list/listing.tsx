import { Pagination } from 'antd'
import { type Key, type ReactNode, useSyncExternalStore } from 'react'
import { Coming } from '../shell/arrived'
import { Note } from '../shell/notes'
import { useWords } from '../words/words'
import './list.css'

export interface Column<T> {
  key: string
  title: string
  render: (row: T) => ReactNode
  /** The list can be put in this column's order: its name as the interface has it. */
  sort?: string
  /** It is not among the columns that are shown unless others are chosen. */
  spare?: boolean
  /** The columns of a file that say the same; the one of its key, unless it says otherwise. */
  inFile?: string[]
}

/** The rows that a page of a list shows, as they are asked for. */
export interface Rows<T> {
  data: { rows: T[]; total: number; least?: boolean } | undefined
  error: unknown
  refetch: () => unknown
  isFetching: boolean
  /** They are those of the question before. */
  isPlaceholderData?: boolean
}

/** Rows that can be picked, to do something with several at once. */
export interface Picking<T> {
  picked: (row: T) => boolean
  pick: (row: T) => void
  pickAll: (rows: T[], on: boolean) => void
  /** What a row is called where it is picked. */
  call: (row: T) => string
}

/** What becomes of rows of a list where they stand: see toolpage.tsx. */
export interface Handles<T> {
  /** It stands in the list still, and would not any more. */
  gone: (row: T) => boolean
  /** Missing: nothing can be done with several. */
  picking?: Picking<T> | undefined
}

interface Props<T> {
  name: string
  columns: Column<T>[]
  rowKey: (row: T) => Key
  query: Rows<T>
  size: number
  page: number | undefined
  sort: string | undefined
  /** The order that the list has when none is asked for. */
  standing: string
  /** What the address is to say from now on. */
  onChange: (change: { page?: number | undefined; sort?: string | undefined }) => void
  /** The row that stands open. */
  open: string | undefined
  empty: { title: string; advice: string }
  handles?: Handles<T> | undefined
}

const narrow = window.matchMedia('(max-width: 760px)')
const watch = (changed: () => void) => {
  narrow.addEventListener('change', changed)
  return () => narrow.removeEventListener('change', changed)
}

/** A list as every page shows it: its order, page and filters stand in the address; on a phone each row is a card. */
export function Listing<T extends object>(props: Props<T>) {
  const { t } = useWords()
  const small = useSyncExternalStore(watch, () => narrow.matches)
  const { data } = props.query
  if (!data) return <Coming of={props.query} rows={8} />
  if (data.rows.length === 0) {
    return (
      <div className="sheet">
        <Note title={props.empty.title}>
          <p>{props.empty.advice}</p>
        </Note>
      </div>
    )
  }
  const Rows = small ? Cards : Wide
  return (
    <div className="sheet listing" aria-busy={props.query.isFetching}>
      <Rows {...props} rows={data.rows} />
      <div className="row apart pages">
        <span className="quiet small">
          {t(data.least ? 'web.list.total_least' : 'web.list.total', { n: data.total })}
        </span>
        <Pagination
          current={props.page ?? 1}
          pageSize={props.size}
          total={data.total}
          showSizeChanger={false}
          hideOnSinglePage
          simple={small}
          onChange={(page) => props.onChange({ page: page > 1 ? page : undefined })}
        />
      </div>
    </div>
  )
}

type RowsProps<T> = Props<T> & { rows: T[] }

function Wide<T extends object>(props: RowsProps<T>) {
  const { name, columns, rows, rowKey, sort, standing, onChange, open, handles } = props
  const inOrder = sort ?? standing
  const order = (next: string) => onChange({ sort: next === standing ? undefined : next, page: undefined })
  return (
    <div className="wide">
      <table aria-label={name}>
        <thead>
          <tr>
            {handles?.picking && <PickAll rows={rows} picking={handles.picking} />}
            {columns.map((c) => (
              <Heading key={c.key} column={c} inOrder={inOrder} onOrder={order} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} tabIndex={handles && -1} className={lookOf(row, rowKey(row) === open, handles)}>
              {handles?.picking && (
                <td className="pick">
                  <Pick row={row} picking={handles.picking} />
                </td>
              )}
              {columns.map((c, n) => (
                <td key={c.key}>
                  {c.render(row)}
                  {n === 0 && handles?.gone(row) && <Gone />}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const lookOf = <T,>(row: T, open: boolean, handles: Handles<T> | undefined) =>
  [open && 'row-open', handles?.picking?.picked(row) && 'row-picked', handles?.gone(row) && 'row-gone']
    .filter(Boolean)
    .join(' ') || undefined

function PickAll<T>({ rows, picking }: { rows: T[]; picking: Picking<T> }) {
  const { t } = useWords()
  const all = rows.every(picking.picked)
  return (
    <th scope="col" className="pick">
      <input
        type="checkbox"
        aria-label={t('web.list.pick_all')}
        checked={all}
        ref={(box) => {
          if (box) box.indeterminate = !all && rows.some(picking.picked)
        }}
        onChange={() => picking.pickAll(rows, !all)}
      />
    </th>
  )
}

function Pick<T>({ row, picking }: { row: T; picking: Picking<T> }) {
  const { t } = useWords()
  return (
    <input
      type="checkbox"
      aria-label={t('web.list.pick', { what: picking.call(row) })}
      checked={picking.picked(row)}
      onChange={() => picking.pick(row)}
    />
  )
}

function Gone() {
  const { t } = useWords()
  return <span className="mark still gone">{t('web.list.gone')}</span>
}

/** A column's name; pressing it puts the list in the column's order, and again in the opposite. */
function Heading<T>({
  column,
  inOrder,
  onOrder,
}: {
  column: Column<T>
  inOrder: string
  onOrder: (sort: string) => void
}) {
  const { sort, title } = column
  if (!sort) return <th scope="col">{title}</th>
  const up = inOrder === sort
  const down = inOrder === `-${sort}`
  return (
    <th scope="col" aria-sort={up ? 'ascending' : down ? 'descending' : 'none'}>
      <button type="button" onClick={() => onOrder(up ? `-${sort}` : sort)}>
        {title}
        <span aria-hidden="true">{up ? '↑' : down ? '↓' : '↕'}</span>
      </button>
    </th>
  )
}

function Cards<T extends object>({ name, columns, rows, rowKey, handles }: RowsProps<T>) {
  const [first, ...others] = columns
  return (
    <ul className="plain cards" aria-label={name}>
      {rows.map((row) => (
        <li key={rowKey(row)}>
          <div className="card-head row">
            {handles?.picking && <Pick row={row} picking={handles.picking} />}
            {first?.render(row)}
            {handles?.gone(row) && <Gone />}
          </div>
          <dl className="facts">
            {others.map((c) => (
              <div key={c.key} className="fact">
                <dt>{c.title}</dt>
                <dd>{c.render(row)}</dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  )
}
