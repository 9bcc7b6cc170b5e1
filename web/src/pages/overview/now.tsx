import { useWords } from '../../words/words'
import { Figure } from './figure'
import type { Counted } from './overview'

/** What is under way, and what changed today. */
export function Now({ of }: { of: Counted }) {
  const { t } = useWords()
  const now = of.figures.filter((f) => ['open', 'stuck'].includes(f.figure))
  return (
    <section className="sheet across" aria-labelledby="now">
      <h2 id="now" className="visually-hidden">
        {t('web.overview.now')}
      </h2>
      <dl className="today">
        {[...now, ...of.today, ...of.asked].map((f) => (
          <div key={f.figure}>
            <dt>{f.name}</dt>
            <dd>
              <Figure of={f} about={f.name} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
