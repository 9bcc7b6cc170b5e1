import { useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy, Suspense } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import { useChange } from '../../list/page'
import { Coming } from '../../shell/arrived'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import '../../list/list.css'
import { Capacities } from './capacities'
import { Figures } from './figures'
import { Inspected } from './inspected'
import { Listed } from './listed'
import { Standing } from './numbers'

const Suspending = lazy(() => import('./suspending').then((m) => ({ default: m.Suspending })))
const Lifting = lazy(() => import('./suspending').then((m) => ({ default: m.Lifting })))
const Ending = lazy(() => import('./suspending').then((m) => ({ default: m.Ending })))
const Spreading = lazy(() => import('./spreading').then((m) => ({ default: m.Spreading })))
const Planning = lazy(() => import('../inspections/planning').then((m) => ({ default: m.Planning })))

export type Detail = Schema['RecordView']

/** An institution, and everything that an operator decides about it. */
export function RecordPage() {
  const { id } = useParams({ from: '/inside/institutions/$id' })
  const asked = useSearch({ from: '/inside/institutions/$id' })
  const change = useChange()
  const record = useQuery({
    queryKey: ['record', id],
    queryFn: () => answer(api.GET('/v1/institution-records/{ref}', { params: { path: { ref: id } } })),
  })
  if (!record.data) return <Coming of={record} rows={8} />
  const of = record.data
  const close = () => change({ do: undefined })
  return (
    <div className="stack">
      <header className="head row apart">
        <div className="stack close">
          <h1>{of.name}</h1>
          <p className="quiet">
            {[...of.roles.map((r) => r.name), of.district?.name].filter(Boolean).join(' · ')}{' '}
            <Standing of={of.status} />
          </p>
        </div>
        <Doing of={of} onDo={(what) => change({ do: what })} />
      </header>
      {of.suspension && <Suspended of={of.suspension} />}
      <Now of={of} />
      <Capacities of={of.capacities} />
      <Figures of={of.years} />
      <Inspected id={id} />
      <Listed id={id} />
      <Suspense>
        {asked.do === 'suspend' && <Suspending of={of} onClose={close} />}
        {asked.do === 'lift' && <Lifting of={of} onClose={close} />}
        {asked.do === 'end' && <Ending of={of} onClose={close} />}
        {asked.do === 'spread' && <Spreading of={of} onClose={close} />}
        {asked.do === 'inspect' && <Planning institution={of} onClose={close} onPlanned={() => close()} />}
      </Suspense>
    </div>
  )
}

type What = 'suspend' | 'lift' | 'end' | 'spread' | 'inspect'

/** What can be done: suspensions and transfers are the city's. */
function Doing({ of, onDo }: { of: Detail; onDo: (what: What) => void }) {
  const { t } = useWords()
  const { account } = useSession()
  const city = !account.district
  return (
    <div className="row">
      <Button onClick={() => onDo('inspect')}>{t('web.inspections.plan')}</Button>
      {city && <Button onClick={() => onDo('spread')}>{t('web.institutions.spread')}</Button>}
      {city && of.suspension && <Button onClick={() => onDo('end')}>{t('web.institutions.plan_end')}</Button>}
      {city && of.suspension && (
        <Button type="primary" onClick={() => onDo('lift')}>
          {t('web.institutions.lift')}
        </Button>
      )}
      {city && !of.suspension && (
        <Button danger onClick={() => onDo('suspend')}>
          {t('web.institutions.suspend')}
        </Button>
      )}
    </div>
  )
}

/** That an institution is suspended, why, and until when it is planned. */
export function Suspended({ of }: { of: NonNullable<Detail['suspension']> }) {
  const { t, lang } = useWords()
  return (
    <section className={`alert ${of.over ? 'bad' : 'warn'} stack close`} id="suspended">
      <strong>{t('web.institutions.suspended_since', { at: moment(lang, of.since) })}</strong>
      <p>{of.reason}</p>
      <p className="quiet small">{t('web.institutions.basis', { basis: of.legal_basis })}</p>
      <p className="quiet small">
        {of.planned_until
          ? t(of.over ? 'web.institutions.past_end' : 'web.institutions.until', { day: of.planned_until })
          : t('web.institutions.no_end')}
      </p>
    </section>
  )
}

function Now({ of }: { of: Detail }) {
  const { t, name } = useWords()
  return (
    <section className="sheet stack close" aria-labelledby="now">
      <h2 id="now">{t('web.institutions.now')}</h2>
      <dl className="facts">
        <dt>{t('web.institutions.open')}</dt>
        <dd>{of.open}</dd>
        <dt>{t('web.institutions.owed')}</dt>
        <dd>{of.owed}</dd>
        <dt>{t('web.institutions.stuck')}</dt>
        <dd>
          {of.stuck}{' '}
          <Link to="/incidents" search={{ institution: of.id }}>
            {t('web.institutions.see_stuck')}
          </Link>
        </dd>
        <dt>{t('web.place.endpoint')}</dt>
        <dd>
          {of.endpoint ? (
            <Link to="/endpoints" search={{ endpoint: of.endpoint.id }}>
              {name('web.endpoint_state', of.endpoint.state)}
            </Link>
          ) : (
            t('web.institutions.no_endpoint')
          )}
        </dd>
      </dl>
    </section>
  )
}
