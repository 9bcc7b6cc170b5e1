import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { number } from '../../words/time'
import { useWords } from '../../words/words'

/** A number of cases, incidents or requests, and the filter of the list that shows them. */
export interface Counting {
  count: number
  list?: 'cases' | 'incidents' | 'petitions'
  filter: string
}

const pages = { cases: '/cases', incidents: '/incidents', petitions: '/requests' } as const

/** A figure leads to the list of what it counts. */
export function Figure({ of, about }: { of: Counting; about: string }) {
  const { lang } = useWords()
  const n = number(lang, of.count)
  return (
    <Link to={pages[of.list ?? 'cases']} search={{ filter: of.filter }} className="figure">
      <span className="visually-hidden">{about} </span>
      {n}
    </Link>
  )
}

/** A bar, for those who see it: the figure stands beside it. A mark may say where it would be by now. */
export function Bar({ share, mark, tone = 'slate' }: { share: number; mark?: number; tone?: 'slate' | 'good' }) {
  return (
    <svg className="bar-line" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect y="2" width="100" height="6" fill="var(--line)" opacity=".55" />
      <rect y="2" width={Math.min(100, 100 * share)} height="6" fill={`var(--${tone})`} />
      {mark !== undefined && (
        <path d={`M${100 * mark} 0v10`} stroke="var(--accent)" strokeWidth="2" vectorEffect="non-scaling-stroke" />
      )}
    </svg>
  )
}

interface Row extends Counting {
  key: string
  name: string
  /** What the figure does not say by itself. */
  note?: ReactNode
}

interface Props {
  title: string
  head: string
  rows: Row[]
  /** What a whole bar stands for. */
  most: number
  mark?: number
  /** What is said below. */
  foot?: ReactNode
}

/** Figures one below the other, each with a bar: a table, for those who hear it. */
export function Bars({ title, head, rows, most, mark, foot }: Props) {
  const { t } = useWords()
  return (
    <section className="sheet">
      <table className="bars">
        <caption>{title}</caption>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">{head}</th>
            <th scope="col">{t('web.place.cases')}</th>
            <th scope="col">{t('web.overview.share')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">{row.name}</th>
              <td className="bars-figure">
                <Figure of={row} about={row.name} />
              </td>
              <td>
                <Bar share={row.count / most} {...(mark === undefined ? {} : { mark })} />
                <span className="small quiet">
                  {(row.count / most).toLocaleString(undefined, { style: 'percent', maximumFractionDigits: 1 })}
                  {row.note}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {foot && <p className="small quiet">{foot}</p>}
    </section>
  )
}
