import { useEffect, useState } from 'react'
import { fromNow, moment } from '../../words/time'
import { useWords } from '../../words/words'
import type { Case } from './queries'

/** What is now, on whom it waits and since when, and what comes next. */
export function Now({ c }: { c: Case }) {
  const { t } = useWords()
  const over = c.status === 'ended' || c.status === 'withdrawn'
  const under = c.stages.filter((s) => ['active', 'waiting', 'stuck'].includes(s.state))
  const next = c.stages.find((s) => s.state === 'pending')
  return (
    <section className="sheet stack close now" aria-labelledby="now">
      <h2 id="now">{t('web.case.now')}</h2>
      {(over || under.length === 0) && <p className="standing">{c.standing}</p>}
      {!over && c.paused && <p className="alert warn">{c.standing}</p>}
      {c.ways.length > 0 && (
        <>
          <h3>{t('web.case.ways')}</h3>
          <ul className="ways">
            {c.ways.map((way) => (
              <li key={way.text}>{way.text}</li>
            ))}
          </ul>
        </>
      )}
      {under.map((stage) => (
        <div key={stage.stage} className="step">
          <h3>
            {stage.name} <span className="quiet small">{stage.state_name}</span>
          </h3>
          <p>{stage.text}</p>
          {stage.waiting_for && (
            <p className="quiet">
              {stage.waiting_for.kind === 'calendar'
                ? t('web.case.goes_on')
                : t('web.case.waits_on', { party: stage.waiting_for.name })}{' '}
              <Since at={stage.waiting_for.since ?? stage.since} />
            </p>
          )}
          {stage.due_at && <Due at={stage.due_at} />}
        </div>
      ))}
      {c.incident && (
        <div className="alert stack close">
          <strong>{c.incident.title}</strong>
          <p>{c.incident.explanation}</p>
          {c.incident.who_can_move !== 'trainee' && <p className="small quiet">{t('web.case.operator_decides')}</p>}
        </div>
      )}
      {!over && next && (
        <p className="quiet">
          {t('web.case.next', { stage: next.name })} {next.text}
        </p>
      )}
    </section>
  )
}

function useNow(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  return now
}

/** Since when: how long ago, and the moment for who asks. */
export function Since({ at }: { at: string }) {
  const { lang, t } = useWords()
  const now = useNow()
  return (
    <time dateTime={at} title={moment(lang, at)} className="quiet">
      {t('web.case.since', { ago: fromNow(lang, at, now) })}
    </time>
  )
}

function Due({ at }: { at: string }) {
  const { lang, t } = useWords()
  const late = new Date(at).getTime() < useNow()
  return (
    <p className={late ? 'late' : 'quiet'}>{t(late ? 'web.case.was_due' : 'web.case.due', { at: moment(lang, at) })}</p>
  )
}
