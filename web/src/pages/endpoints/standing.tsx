import { Link } from '@tanstack/react-router'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import type { Endpoint } from './queries'

const states = { active: 'good', paused: 'warn', disabled: 'bad' } as const
const levels = { steady: 'good', unsteady: 'warn', failing: 'bad', badly_failing: 'bad', down: 'bad' } as const

export function State({ of }: { of: Endpoint }) {
  const { t } = useWords()
  return <span className={`mark ${states[of.state]}`}>{t(`web.endpoint_state.${of.state}`)}</span>
}

/** How much of what was sent lately was taken; nothing is said where little was sent. */
export function Health({ of }: { of: Endpoint }) {
  const { t } = useWords()
  const { level, attempts, failed } = of.health
  if (attempts === 0) return <span className="quiet">{t('web.endpoint.unheard')}</span>
  return (
    <span className="row">
      <span className={`mark ${levels[level]}`}>{t(`web.endpoint_health.${level}`)}</span>
      <span className="small quiet">{t('web.endpoint.share', { failed, attempts })}</span>
    </span>
  )
}

/** How an endpoint stands: what is known of it, and what waits. */
export function Standing({ of }: { of: Endpoint }) {
  const { t, lang } = useWords()
  return (
    <dl className="facts">
      <dt>{t('web.endpoint.url')}</dt>
      <dd className="mono">{of.url}</dd>
      <dt>{t('web.endpoint.state')}</dt>
      <dd className="row">
        <State of={of} />
        {of.state_reason && <span>{t(`web.endpoint_reason.${of.state_reason}`)}</span>}
        <span className="small quiet">{t('web.endpoint.state_since', { at: moment(lang, of.state_since) })}</span>
      </dd>
      <dt>{t('web.endpoint.health')}</dt>
      <dd>
        <Health of={of} />
      </dd>
      {of.failing_since && (
        <>
          <dt>{t('web.endpoint.failing_since')}</dt>
          <dd>{t('web.endpoint.failing', { at: moment(lang, of.failing_since), n: of.failures })}</dd>
        </>
      )}
      {of.not_before && (
        <>
          <dt>{t('web.endpoint.not_before')}</dt>
          <dd>{moment(lang, of.not_before)}</dd>
        </>
      )}
      <dt>{t('web.endpoint.waiting')}</dt>
      <dd>
        <Link to="/deliveries" search={{ state: 'pending', institution: of.institution.id } as never}>
          {t('web.endpoint.events', { n: of.waiting })}
        </Link>
        {of.oldest && <> · {t('web.endpoint.oldest', { at: moment(lang, of.oldest) })}</>}
      </dd>
    </dl>
  )
}
