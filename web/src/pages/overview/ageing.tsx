import { Wide } from '../../shell/wide'
import { useWords } from '../../words/words'
import { Figure } from './figure'
import type { Counted } from './overview'

/** How long open cases have stood where they stand, queue by queue. The more, the darker. */
export function Ageing({ of }: { of: Counted['ageing'] }) {
  const { t } = useWords()
  const most = Math.max(1, ...of.flatMap((q) => q.bands.map((b) => b.count)))
  const days = (from: number, to: number | null) =>
    to === null ? t('web.overview.from_days', { from }) : t('web.overview.days', { from, to })
  return (
    <section className="sheet across">
      <Wide>
        <table className="ageing">
          <caption>{t('web.overview.ageing')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('web.fields.queue')}</th>
              {of[0]?.bands.map((b) => (
                <th key={b.from} scope="col">
                  {days(b.from, b.to)}
                </th>
              ))}
              <th scope="col">{t('web.overview.all')}</th>
            </tr>
          </thead>
          <tbody>
            {of.map((q) => (
              <tr key={q.queue}>
                <th scope="row">{q.name}</th>
                {q.bands.map((b) => (
                  <td key={b.from} style={{ background: shade(b.count / most) }}>
                    {b.count > 0 ? (
                      <Figure of={b} about={`${q.name} ${days(b.from, b.to)}`} />
                    ) : (
                      <span className="quiet">0</span>
                    )}
                  </td>
                ))}
                <td>
                  <Figure of={q} about={q.name} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </section>
  )
}

/** The darker, the larger the share; small ones can still be told from none. */
const shade = (share: number) => `color-mix(in srgb, var(--accent) ${Math.round(24 * Math.sqrt(share))}%, transparent)`
