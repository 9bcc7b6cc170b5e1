import { Button } from 'antd'
import { useState } from 'react'
import { Wide } from '../../shell/wide'
import { useWords } from '../../words/words'
import { Bar, Figure } from './figure'
import type { Counted } from './overview'

const dimensions = ['stage', 'level', 'occupation', 'institution'] as const

/** How many rows are shown before somebody asks for all. */
const few = 12

/** The same figures by occupation, level, stage or institution. */
export function Breakdown({ by }: { by: Counted['by'] }) {
  const { t } = useWords()
  const [dimension, choose] = useState<(typeof dimensions)[number]>('stage')
  const [whole, all] = useState(false)
  const rows = by[dimension] ?? []
  const most = Math.max(1, ...rows.map((r) => r.figures[0]?.count ?? 0))
  return (
    <section className="sheet across" aria-labelledby="by">
      <div className="row apart">
        <h2 id="by">{t('web.overview.by')}</h2>
        <div className="row">
          {dimensions.map((d) => (
            <button
              key={d}
              type="button"
              className="tool"
              aria-pressed={d === dimension}
              onClick={() => {
                choose(d)
                all(false)
              }}
            >
              {t(`web.fields.${d}`)}
            </button>
          ))}
        </div>
      </div>
      {rows.length === 0 ? (
        <p className="quiet">{t('web.overview.nothing')}</p>
      ) : (
        <Wide>
          <table className="breakdown" aria-labelledby="by">
            <thead>
              <tr>
                <th scope="col">{t(`web.fields.${dimension}`)}</th>
                {rows[0]?.figures.map((f) => (
                  <th key={f.figure} scope="col">
                    {f.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {(whole ? rows : rows.slice(0, few)).map((row) => (
                <tr key={row.code}>
                  <th scope="row">
                    {row.name}
                    <Bar share={(row.figures[0]?.count ?? 0) / most} />
                  </th>
                  {row.figures.map((f) => (
                    <td key={f.figure}>
                      {f.count > 0 ? (
                        <Figure of={f} about={`${row.name} ${f.name}`} />
                      ) : (
                        <span className="quiet">0</span>
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
      {rows.length > few && !whole && (
        <Button onClick={() => all(true)}>{t('web.overview.show_all', { n: rows.length })}</Button>
      )}
    </section>
  )
}
