import { Pagination } from 'antd'
import { type Key, type ReactNode, useSyncExternalStore } from 'react'
import { Note, Trouble } from '../shell/notes'
import { Waiting } from '../shell/waiting'
import { useWords } from '../words/words'
import './list.css'

export interface Column<T> {
  key: string
  title: string
  render: (row: T) => ReactNode
  /** The list can be put in this column's order: its name as the interface has it. */
  sort?: string
}

/** The rows that a page of a list shows, as they are asked for. */
export interface Rows<T> {
  data: { rows: T[]; total: number } | undefined
  error: unknown
  refetch: () => unknown
  isFetching: boolean
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
  const { data, error, refetch } = props.query
  if (error && !data) return <Trouble error={error} again={() => void refetch()} />
  if (!data) return <Waiting rows={8} />
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
        <span className="quiet small">{t('web.list.total', { n: data.total })}</span>
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

function Wide<T extends object>({ name, columns, rows, rowKey, sort, standing, onChange, open }: RowsProps<T>) {
  const inOrder = sort ?? standing
  const order = (next: string) => onChange({ sort: next === standing ? undefined : next, page: undefined })
  return (
    <div className="wide">
      <table aria-label={name}>
        <thead>
          <tr>
            {columns.map((c) => (
              <Heading key={c.key} column={c} inOrder={inOrder} onOrder={order} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className={rowKey(row) === open ? 'row-open' : undefined}>
              {columns.map((c) => (
                <td key={c.key}>{c.render(row)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
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

function Cards<T extends object>({ name, columns, rows, rowKey }: RowsProps<T>) {
  const [first, ...others] = columns
  return (
    <ul className="plain cards" aria-label={name}>
      {rows.map((row) => (
        <li key={rowKey(row)}>
          <div className="card-head">{first?.render(row)}</div>
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
