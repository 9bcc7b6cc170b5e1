import type { Schema } from '../../api/client'
import { number } from '../../words/time'
import { useWords } from '../../words/words'

type Check = Schema['JoinCheckView']
type Decision = Schema['JoinDecisionView']

const tones = { met: 'good', not_met: 'warn', insufficient_rule: 'quiet' } as const

/** What somebody is told who asked whether they may join: the three rules, and who could train and evaluate them. */
export function Result({ of }: { of: Check }) {
  const { t, lang } = useWords()
  return (
    <>
      <h2 id="result">{t('web.join.result', { date: of.as_of })}</h2>
      <One of={of.join} />
      <One of={of.evaluation} />
      <One of={of.title} />
      <section className="sheet stack close">
        <p>
          <strong>{t('web.join.hours')}</strong>{' '}
          {of.hours === null ? t('web.join.hours_none') : t('web.join.hours_are', { hours: number(lang, of.hours) })}
        </p>
        <Bodies title={t('web.join.training')} of={of.training_bodies} none={t('web.join.nobody_trains')} />
        <Bodies title={t('web.join.evaluation')} of={of.evaluation_bodies} none={t('web.join.nobody_evaluates')} />
      </section>
    </>
  )
}

function One({ of }: { of: Decision }) {
  const { t } = useWords()
  return (
    <article className="sheet stack close" data-outcome={of.outcome}>
      <div className="row apart">
        <h3>{of.name}</h3>
        <span className={`mark ${tones[of.outcome]}`}>{t(`web.join.outcome.${of.outcome}`)}</span>
      </div>
      <p>{of.text}</p>
      {of.earliest_date && (
        <p>
          <strong>{t('web.join.earliest', { date: of.earliest_date })}</strong>
        </p>
      )}
      <ul>
        {of.lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </article>
  )
}

function Bodies({ title, of, none }: { title: string; of: Check['training_bodies']; none: string }) {
  return (
    <div className="stack close">
      <h3>{title}</h3>
      {of.length === 0 ? (
        <p className="alert warn">{none}</p>
      ) : (
        <ul>
          {of.map((body) => (
            <li key={body.id}>{body.name}</li>
          ))}
        </ul>
      )}
    </div>
  )
}
