import type { ReactNode } from 'react'
import { useWords } from '../words/words'
import './beside.css'
import { useChange } from './change'

/** So many stand side by side. */
const most = 3

/** What the reader chose to see side by side, as the address says it in one of its fields. */
export function useChosen(field: string, said = '') {
  const change = useChange({ stay: true })
  const ids = [...new Set(said.split(',').filter(Boolean))].slice(0, most)
  const choose = (next: string[]) => change({ [field]: next.join(',') || undefined })
  return {
    ids,
    full: ids.length === most,
    toggle: (id: string) => choose(ids.includes(id) ? ids.filter((i) => i !== id) : [...ids, id]),
    clear: () => choose([]),
  }
}

export type Chosen = ReturnType<typeof useChosen>

/** Where the box is found by who chose something far below it. */
const box = 'beside'

/** Chooses something to be seen beside others. */
export function Choose({ id, name, among }: { id: string; name: string; among: Chosen }) {
  const { t } = useWords()
  const chosen = among.ids.includes(id)
  const full = among.full && !chosen
  return (
    <div className="row">
      <label className="tick">
        <input type="checkbox" checked={chosen} disabled={full} onChange={() => among.toggle(id)} />
        {full ? t('web.beside.full', { n: most }) : t('web.beside.choose')}
        <span className="visually-hidden"> {name}</span>
      </label>
      {chosen && among.ids.length > 1 && (
        <button type="button" className="press" onClick={() => document.getElementById(box)?.focus()}>
          {t('web.beside.look')}
        </button>
      )}
    </div>
  )
}

/** What is seen of each: what it is called, and what it is for one of them. */
export type Row<T> = [name: string, cell: (of: T) => ReactNode]

interface Props<T> {
  heading: string
  among: Chosen
  /** Those of the chosen that are known. */
  of: T[]
  head: (of: T) => ReactNode
  rows: Row<T>[]
  /** What is to be said beside the table. */
  children?: ReactNode
}

/** What was chosen, side by side. It scrolls in its own box, also by keyboard, and what each row is stays in sight. */
export function Beside<T extends { id: string; name: string }>({ heading, among, of, head, rows, children }: Props<T>) {
  const { t } = useWords()
  return (
    <div className="sheet stack close">
      <div className="row apart">
        <h2 id="beside-heading">{heading}</h2>
        <button type="button" className="press" onClick={among.clear}>
          {t('web.beside.clear')}
        </button>
      </div>
      {of.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached.
        <section className="beside" id={box} tabIndex={0} aria-labelledby="beside-heading">
          <table>
            <thead>
              <tr>
                <td />
                {of.map((one) => (
                  <th key={one.id} scope="col">
                    {head(one)}
                    <button type="button" className="tool" onClick={() => among.toggle(one.id)}>
                      <span aria-hidden="true">×</span>
                      <span className="visually-hidden">{t('web.beside.remove', { name: one.name })}</span>
                    </button>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(([name, cell]) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {of.map((one) => (
                    <td key={one.id}>{cell(one)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {children}
      {among.ids.length === 1 && <p className="quiet">{t('web.beside.more')}</p>}
    </div>
  )
}
