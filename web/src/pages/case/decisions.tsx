import { useWords } from '../../words/words'
import type { Case } from './queries'

const tones = { met: 'good', not_met: 'bad', insufficient_rule: 'warn', withdrawn: 'bad' } as const

/** What was decided, and what each decision rests on. */
export function Decisions({ decisions }: { decisions: Case['decisions'] }) {
  const { t } = useWords()
  if (decisions.length === 0) return null
  return (
    <section className="sheet stack close" aria-labelledby="decisions">
      <h2 id="decisions">{t('web.case.decisions')}</h2>
      <div className="lines">
        {decisions.map((d) => (
          <details key={`${d.kind}-${d.as_of}-${d.text}`} className="decision">
            <summary>
              <span className="row apart">
                <span>
                  <strong>{d.name}</strong> <span className="quiet small nowrap">{d.as_of}</span>
                </span>
                <span className={`mark ${tones[d.outcome]}`}>{t(`web.decided.${d.outcome}`)}</span>
              </span>
            </summary>
            <div className="stack close">
              <p>{d.text}</p>
              <ul>
                {d.lines.map((line) => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
              <p className="quiet small">
                {t('web.case.cited', { document: d.citation.document, clause: d.citation.clause })}
                {d.citation.note && ` ${d.citation.note}`}
              </p>
              {d.earliest_date && <p>{t('web.case.earliest', { date: d.earliest_date })}</p>}
            </div>
          </details>
        ))}
      </div>
    </section>
  )
}
