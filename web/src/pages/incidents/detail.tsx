import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { Arrived } from '../../shell/arrived'
import { Aside } from '../../shell/aside'
import { Waiting } from '../../shell/waiting'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { State } from './incidents'
import { Resolve } from './resolve'

const Execution = lazy(() => import('../case/execution').then((m) => ({ default: m.Execution })))

type Incident = Schema['ListedIncident']

/** One incident: why the case is stuck, and what may be done about it. */
export function IncidentDetail({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useWords()
  const incident = useQuery({
    queryKey: ['incident', id],
    queryFn: () => answer(api.GET('/v1/incidents/{id}', { params: { path: { id } } })),
    // A resolution may still be on its way to the case.
    refetchInterval: (q) => (q.state.data?.state === 'closed' ? false : 3_000),
  })
  return (
    <Aside onClose={onClose} title={incident.data?.title ?? t('web.incidents.one')}>
      <Arrived of={incident}>{(data) => <Explained incident={data} />}</Arrived>
    </Aside>
  )
}

function Explained({ incident }: { incident: Incident }) {
  const { t, name, lang } = useWords()
  return (
    <div className="stack">
      <section className="stack close">
        <div className="row">
          <State state={incident.state} />
          <span className="quiet small">{t(`web.incident_kind.${incident.kind}`)}</span>
        </div>
        <p>{incident.explanation}</p>
        <dl className="facts">
          {incident.stage && (
            <>
              <dt>{t('web.incidents.stage')}</dt>
              <dd>{name('stage', incident.stage)}</dd>
            </>
          )}
          {incident.institution && (
            <>
              <dt>{t('web.incidents.institution')}</dt>
              <dd>{incident.institution.name}</dd>
            </>
          )}
          <dt>{t('web.incidents.since')}</dt>
          <dd>{moment(lang, incident.since)}</dd>
          <dt>{t('web.incidents.who')}</dt>
          <dd>{name('mover', incident.who_can_move)}</dd>
          {incident.state !== 'closed' && (
            <>
              <dt>{t('web.execution.next_attempt')}</dt>
              <dd>
                {incident.next_attempt_at ? moment(lang, incident.next_attempt_at) : t('web.incidents.no_attempt')}
              </dd>
            </>
          )}
          {incident.closed_at && (
            <>
              <dt>{t('web.incidents.closed')}</dt>
              <dd>{moment(lang, incident.closed_at)}</dd>
            </>
          )}
        </dl>
        {incident.certificate_id && (
          <p>
            <Link to="/certificates/$id" params={{ id: incident.certificate_id }}>
              {t('web.incidents.to_certificate')}
            </Link>
          </p>
        )}
        {incident.cause === 'ce_year_closed' && (
          <p>
            <Link to="/ce-years">{t('web.ce_years.to')}</Link>
          </p>
        )}
        {incident.case_id && (
          <p>
            <Link to="/cases/$id" params={{ id: incident.case_id }}>
              {t('web.incidents.to_case')}
            </Link>
          </p>
        )}
      </section>
      {incident.resolution && <Latest resolution={incident.resolution} />}
      {incident.state === 'open' && incident.verbs.length > 0 && <Resolve incident={incident} />}
      {incident.state === 'open' && <Repairs of={incident} />}
      {incident.workflow_id && (
        <Suspense fallback={<Waiting />}>
          <Execution of={{ incidentId: incident.id }} />
        </Suspense>
      )}
    </div>
  )
}

/** What may be done to the execution that it is about, and what each would do. It is done below, where the execution is. */
function Repairs({ of }: { of: Incident }) {
  const { t } = useWords()
  const repairs = of.suggested.filter((s) => !of.verbs.includes(s.act))
  if (repairs.length === 0) return null
  return (
    <section className="stack close" aria-labelledby="suggested">
      <h2 id="suggested">{t('web.incidents.repairs')}</h2>
      <ul>
        {repairs.map((s) => (
          <li key={s.act}>
            {s.name} <span className="quiet small">{s.effect}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Latest({ resolution }: { resolution: NonNullable<Incident['resolution']> }) {
  const { t, name, lang } = useWords()
  return (
    <section className={`alert ${resolution.outcome === 'applied' ? 'good' : 'warn'} stack close`} role="status">
      <strong>
        {name('verb', resolution.verb)} · {t(`web.resolution.${resolution.outcome}`)}
      </strong>
      <p>{resolution.reason}</p>
      <p className="small quiet">{moment(lang, resolution.requested_at)}</p>
    </section>
  )
}
