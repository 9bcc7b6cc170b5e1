import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import { Arrived } from '../../shell/arrived'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { type Executed, idOf, place } from './executed'
import { type Asked, Repairing } from './repairing'

type View = Schema['ExecutionView']
type Ask = (asked: Asked) => void

/** What Temporal does for a case or for what else an incident was found of: what is under way there, what fails, and what can be done about it. For operators of the city. */
export function Execution({ of }: { of: Executed }) {
  const { t } = useWords()
  const { account } = useSession()
  const [asked, setAsked] = useState<Asked>()
  const execution = useQuery({
    queryKey: ['execution', idOf(of)],
    queryFn: () => answer(api.GET(place(of, '/v1/cases/{id}/execution'), { params: { path: { id: idOf(of) } } })),
    refetchInterval: 5_000,
    enabled: !account.district,
  })
  if (account.district) return null
  return (
    <section className="stack close" aria-labelledby="execution">
      <h2 id="execution">{t('web.execution.title')}</h2>
      <Arrived of={execution}>
        {(now) => (
          <>
            <Run now={now} ask={setAsked} />
            {now.activities.map((a) => (
              <Work key={a.id} of={a} running={now.running} ask={setAsked} />
            ))}
            {asked && now.run_id ? (
              <Repairing
                of={of}
                run={now.run_id}
                asked={asked}
                points={now.points}
                onDone={() => setAsked(undefined)}
              />
            ) : null}
            <Repairs of={now.repairs} />
          </>
        )}
      </Arrived>
    </section>
  )
}

function Run({ now, ask }: { now: View; ask: Ask }) {
  const { t, name, lang } = useWords()
  if (!now.known) return <p className="quiet">{t('web.execution.unknown')}</p>
  const failing = now.task?.failing
  return (
    <>
      <div className="row">
        <State now={now} />
        {now.since && <span className="quiet small">{t('web.execution.since', { at: moment(lang, now.since) })}</span>}
        <span className="quiet small">{t('web.execution.events', { n: now.events ?? 0 })}</span>
      </div>
      {failing && now.task && (
        <p className="alert warn">
          {t('web.execution.failing', { why: failing.name, n: now.task.attempt })}
          {now.task.next_attempt_at && <> {t('web.execution.next', { at: moment(lang, now.task.next_attempt_at) })}</>}
        </p>
      )}
      {now.running && (
        <div className="row">
          {now.paused_at ? (
            <Button onClick={() => ask({ verb: 'resume_execution' })}>{name('repair', 'resume_execution')}</Button>
          ) : (
            <Button onClick={() => ask({ verb: 'pause_execution' })}>{name('repair', 'pause_execution')}</Button>
          )}
          {now.points.length > 0 && (
            <Button onClick={() => ask({ verb: 'reset_execution' })}>{name('repair', 'reset_execution')}</Button>
          )}
          {now.history_url && (
            <a href={now.history_url} target="_blank" rel="noreferrer">
              {t('web.execution.history')}
            </a>
          )}
        </div>
      )}
    </>
  )
}

function State({ now }: { now: View }) {
  const { t } = useWords()
  if (!now.running) return <span className="mark still">{t('web.execution.over')}</span>
  if (now.paused_at) return <span className="mark warn">{t('web.execution.paused')}</span>
  if (now.task?.failing) return <span className="mark bad">{t('web.execution.in_trouble')}</span>
  return <span className="mark good">{t('web.execution.running')}</span>
}

function Work({ of, running, ask }: { of: Schema['ActivityView']; running: boolean; ask: Ask }) {
  const { t, name, lang } = useWords()
  const verbs =
    of.state.code === 'paused' ? (['resume_activity'] as const) : (['retry_activity', 'pause_activity'] as const)
  return (
    <div className="stack close">
      <h3>
        {of.type} <span className="quiet small">{of.state.name}</span>
      </h3>
      <dl className="facts">
        <dt>{t('web.execution.asked')}</dt>
        <dd>{moment(lang, of.since)}</dd>
        <dt>{t('web.execution.attempt')}</dt>
        <dd>{of.attempt}</dd>
        {of.failing && (
          <>
            <dt>{t('web.execution.last_failure')}</dt>
            <dd>{of.failing.name}</dd>
          </>
        )}
        {of.next_attempt_at && (
          <>
            <dt>{t('web.execution.next_attempt')}</dt>
            <dd>{moment(lang, of.next_attempt_at)}</dd>
          </>
        )}
        {of.until && (
          <>
            <dt>{t('web.execution.until')}</dt>
            <dd>{moment(lang, of.until)}</dd>
          </>
        )}
      </dl>
      {running && (
        <div className="row">
          {verbs.map((verb) => (
            <Button key={verb} onClick={() => ask({ verb, activity: of.id })}>
              {name('repair', verb)}
            </Button>
          ))}
          <Button onClick={() => ask({ verb: 'reoption_activity', activity: of.id, options: of.options })}>
            {name('repair', 'reoption_activity')}
          </Button>
        </div>
      )}
    </div>
  )
}

/** What was done to the execution, the latest first. */
function Repairs({ of }: { of: View['repairs'] }) {
  const { t, lang } = useWords()
  if (of.length === 0) return null
  return (
    <>
      <h3>{t('web.execution.repairs')}</h3>
      <ul className="plain stack close">
        {of.map((r) => (
          <li key={r.id} className="small">
            {moment(lang, r.requested_at)} · {r.name} · {t(`web.repair_state.${r.state}`)}
            {r.refusal && ` · ${r.refusal.name}`}
            <br />
            <span className="quiet">{r.reason}</span>
          </li>
        ))}
      </ul>
    </>
  )
}
