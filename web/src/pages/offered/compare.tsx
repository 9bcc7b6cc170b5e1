import { useQueries } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Trouble } from '../../shell/notes'
import { Waiting } from '../../shell/waiting'
import { useWords } from '../../words/words'
import { Target } from '../classes/target'
import { type OfferedClass, oneOffered } from './queries'
import { Fee, Hours, How, Places, Refund } from './terms'

/** So many classes stand side by side. */
export const most = 3

/** Classes side by side, as they are now. */
export function Compare({ ids, onRemove }: { ids: string[]; onRemove: (id: string) => void }) {
  const { t } = useWords()
  const all = useQueries({ queries: ids.map(oneOffered) })
  const wrong = all.find(({ error }) => error)
  const shown = all.flatMap(({ data }) => (data ? [data] : []))
  const rows: [string, (of: OfferedClass) => ReactNode][] = [
    [t('web.offered.body'), (of) => of.institution.name],
    [t('web.classes.target'), (of) => <Target of={of} />],
    [t('web.offered.dates'), (of) => t('web.classes.from_to', { from: of.starts_on, to: of.ends_on })],
    [t('web.offered.left'), (of) => <Places of={of} />],
    [t('web.offered.costs'), (of) => <Fee offer={of.offer} />],
    [t('web.offered.refund'), (of) => <Refund offer={of.offer} />],
    [t('web.offered.teaches'), (of) => <Hours of={of} />],
    [t('web.offered.how'), (of) => <How offer={of.offer} />],
    [t('web.offered.schedule'), (of) => of.offer.schedule || t('web.offered.unsaid')],
    [t('web.offered.venue'), (of) => of.offer.venue || t('web.offered.unsaid')],
    [
      t('web.offered.supervision'),
      (of) =>
        of.supervision.length === 0
          ? t('web.offered.supervision_none')
          : of.supervision.map((n) => (
              <p key={n.published_at}>
                {n.visited_on && <span className="quiet">{n.visited_on} · </span>}
                {n.text}
              </p>
            )),
    ],
  ]
  return (
    <div className="sheet stack close">
      <h2 id="compare">{t('web.offered.compare', { n: ids.length })}</h2>
      {wrong && <Trouble error={wrong.error} again={() => void wrong.refetch()} />}
      {shown.length === 0 && !wrong && <Waiting />}
      {shown.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, also by keyboard.
        <section className="offered-compare" tabIndex={0} aria-labelledby="compare">
          <table>
            <thead>
              <tr>
                <td />
                {shown.map((of) => (
                  <th key={of.id} scope="col">
                    <Link to="/classes-offered/$id" params={{ id: of.id }}>
                      {of.name}
                    </Link>
                    <button type="button" className="tool" onClick={() => onRemove(of.id)}>
                      <span aria-hidden="true">×</span>
                      <span className="visually-hidden">{t('web.offered.unpick', { name: of.name })}</span>
                    </button>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(([label, cell]) => (
                <tr key={label}>
                  <th scope="row">{label}</th>
                  {shown.map((of) => (
                    <td key={of.id}>{cell(of)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {ids.length === 1 && <p className="quiet">{t('web.offered.compare_more')}</p>}
    </div>
  )
}
