import type { ReactNode } from 'react'
import type { Schema } from '../../api/client'
import { Wide } from '../../shell/wide'
import { useWords } from '../../words/words'
import { Hours, Rate } from './numbers'

type Year = Schema['YearView']

/** How an institution's work went, year by year. */
export function Figures({ of }: { of: Year[] }) {
  const { t, name } = useWords()
  const passed = (kind: string) => (y: Year) => (y.passed[kind] ? <Rate of={y.passed[kind]} /> : '—')
  const lines: [string, (y: Year) => ReactNode][] = [
    [t('web.figures.trained'), (y) => y.trained],
    [t('web.figures.evaluated'), (y) => y.evaluated],
    [t('web.figures.tasks'), (y) => y.tasks],
    [t('web.figures.answered'), (y) => <Rate of={y.answered} />],
    [t('web.figures.refused'), (y) => <Rate of={y.refused} />],
    [t('web.figures.overdue'), (y) => <Rate of={y.overdue} />],
    [t('web.figures.median'), (y) => <Hours of={y.median_hours} />],
    [t('web.figures.p90'), (y) => <Hours of={y.p90_hours} />],
    ...['exam', 'theory', 'practical'].map((kind): [string, (y: Year) => ReactNode] => [
      t('web.figures.passed', { kind: name('task_kind', kind) }),
      passed(kind),
    ]),
    [t('web.figures.corrections'), (y) => y.corrections],
    [t('web.figures.certificates'), (y) => y.certificates],
    [t('web.figures.superseded'), (y) => y.superseded],
    [t('web.figures.revoked'), (y) => y.revoked],
    [t('web.figures.inspections'), (y) => y.inspections],
    [t('web.figures.findings'), (y) => y.findings],
    [
      t('web.figures.incidents'),
      (y) =>
        y.incidents.length
          ? y.incidents.map((i) => (
              <div key={i.cause.code} className="small">
                {i.cause.name} {i.count}
              </div>
            ))
          : '—',
    ],
  ]
  return (
    <section className="sheet stack close" aria-labelledby="figures">
      <h2 id="figures">{t('web.figures.title')}</h2>
      {of.length === 0 && <p className="quiet">{t('web.figures.none')}</p>}
      {of.length > 0 && (
        <>
          <p className="quiet small">{t('web.figures.few_means')}</p>
          <Wide>
            <table aria-labelledby="figures">
              <thead>
                <tr>
                  <th scope="col">{t('web.figures.measure')}</th>
                  {of.map((y) => (
                    <th key={y.year} scope="col">
                      {y.year}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {lines.map(([title, show]) => (
                  <tr key={title}>
                    <th scope="row">{title}</th>
                    {of.map((y) => (
                      <td key={y.year}>{show(y)}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </Wide>
        </>
      )}
    </section>
  )
}
