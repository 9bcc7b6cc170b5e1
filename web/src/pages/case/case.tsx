import { useParams, useSearch } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense } from 'react'
import type { Liveness } from '../../api/live'
import { useSession } from '../../api/session'
import { Arrived, Coming } from '../../shell/arrived'
import { Waiting } from '../../shell/waiting'
import { useWords } from '../../words/words'
import './case.css'
import { Climb } from './climb'
import { Decisions } from './decisions'
import { CEHours, Certificates, Hours, Results, Title } from './gathered'
import { Now } from './now'
import { type Case, useCase } from './queries'
import { Status } from './status'
import { Timeline } from './timeline'

const OwnSitting = lazy(() => import('../sittings/own').then((m) => ({ default: m.OwnSitting })))
const Lessons = lazy(() => import('./lessons').then((m) => ({ default: m.Lessons })))
const OwnMisconduct = lazy(() => import('../misconduct/own').then((m) => ({ default: m.OwnMisconduct })))
const Marks = lazy(() => import('../requests/marks').then((m) => ({ default: m.Marks })))
const Sponsor = lazy(() => import('./sponsor').then((m) => ({ default: m.Sponsor })))
const Identity = lazy(() => import('../requests/identity').then((m) => ({ default: m.Identity })))
const OwnActs = lazy(() => import('../requests/leaving').then((m) => ({ default: m.OwnActs })))
const Casework = lazy(() => import('../casework/casework').then((m) => ({ default: m.Casework })))

/** The page of a case: operators work on it, trainees follow their own. */
export function CasePage() {
  const { account } = useSession()
  if (account.role !== 'operator') return <Followed />
  return (
    <Suspense fallback={<Waiting rows={12} />}>
      <Casework />
    </Suspense>
  )
}

/** One case: what is done, what is now and on whom it waits, what is next, and what it has gathered. */
function Followed() {
  const { t } = useWords()
  const { id } = useParams({ from: '/inside/cases/$id' })
  const { taken } = useSearch({ from: '/inside/cases/$id' })
  const { case: shown, timeline, live } = useCase(id)
  if (!shown.data) return <Coming of={shown} rows={12} />
  const c = shown.data
  return (
    <>
      <Head c={c} live={live} />
      <div className="stack followed">
        {taken && (
          <p className="alert good" role="status">
            {t('registration.taken_up')}
          </p>
        )}
        <Climb stages={c.stages} />
        <div className="columns case-columns">
          <div className="stack">
            <Now c={c} />
            <Suspense>
              {c.identity && <Identity c={c} />}
              <OwnSitting caseID={c.id} />
              <Lessons caseID={c.id} />
              <OwnMisconduct caseID={c.id} />
              <Marks caseID={c.id} />
              <OwnActs c={c} />
            </Suspense>
            <Decisions decisions={c.decisions} />
            <Arrived of={timeline}>{(lines) => <Timeline lines={lines} />}</Arrived>
          </div>
          <div className="stack">
            <Hours hours={c.hours} />
            <Results results={c.results} />
            <Certificates certificates={c.certificates} />
            {c.title && <Title title={c.title} />}
            <CEHours years={c.ce_hours} />
            <Bodies c={c} />
            <Suspense>
              <Sponsor caseID={c.id} />
            </Suspense>
          </div>
        </div>
      </div>
    </>
  )
}

/** What the case is, and how it stands. */
export function Head({ c, live, children }: { c: Case; live: Liveness; children?: ReactNode }) {
  const { t } = useWords()
  return (
    <header className="head stack close">
      <div className="row">
        <h1>
          {c.occupation.name} · {c.level.name}
        </h1>
        <Status status={c.status} name={c.status_name} />
        {c.demonstration && <span className="mark warn">{t('web.case.demonstration')}</span>}
      </div>
      <div className="row quiet small">
        {c.direction && <span>{c.direction}</span>}
        <span>{t('web.case.registered', { date: c.registered_on })}</span>
        <Live state={live} />
      </div>
      {children}
      {c.outcome_name && <p className="outcome">{c.outcome_name}</p>}
      {c.withdrawing && <p className="alert warn">{t('web.case.withdrawing')}</p>}
    </header>
  )
}

/** Whether the page shows what is new by itself. */
function Live({ state }: { state: Liveness }) {
  const { t } = useWords()
  return (
    <span className={state === 'live' ? 'live on' : 'live'} role="status" data-live={state}>
      <i aria-hidden="true" />
      {t(`web.live.${state}`)}
    </span>
  )
}

function Bodies({ c }: { c: Case }) {
  const { t, name } = useWords()
  return (
    <section className="sheet stack close">
      <h2>{t('web.case.bodies')}</h2>
      <dl className="facts">
        <dt>{name('role', 'training')}</dt>
        <dd>{c.training_body.name}</dd>
        <dt>{name('role', 'evaluation')}</dt>
        <dd>{c.evaluation_body.name}</dd>
        <dt>{t('web.case.rules')}</dt>
        <dd>{c.policy_version}</dd>
      </dl>
    </section>
  )
}
