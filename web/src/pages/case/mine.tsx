import { useQuery } from '@tanstack/react-query'
import { Link, Navigate } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { answer, api } from '../../api/client'
import { Coming } from '../../shell/arrived'
import { Note } from '../../shell/notes'
import { useWords } from '../../words/words'
import { Status } from './status'

const OwnClaims = lazy(() => import('../claims/mine').then((m) => ({ default: m.OwnClaims })))

/** A trainee's own cases. Who has one sees it at once. */
export function Mine() {
  const { t } = useWords()
  const mine = useQuery({ queryKey: ['my', 'cases'], queryFn: () => answer(api.GET('/v1/me/cases')) })
  if (!mine.data) return <Coming of={mine} />
  const [first, ...others] = mine.data.cases
  if (!first) {
    return (
      <div className="stack">
        <Suspense>
          <OwnClaims />
        </Suspense>
        <Note page title={t('web.my.none')}>
          <p>{t('web.my.none_advice')}</p>
          <div className="row">
            <Link to="/my-registration" className="press first">
              {t('web.my.begin')}
            </Link>
            <Link to="/join" className="press">
              {t('web.my.may_i')}
            </Link>
          </div>
        </Note>
      </div>
    )
  }
  if (others.length === 0) return <Navigate to="/cases/$id" params={{ id: first.id }} replace />
  return (
    <div className="stack">
      <h1>{t('web.place.my')}</h1>
      {mine.data.cases.map((c) => (
        <article key={c.id} className="sheet row apart">
          <div>
            <h2>
              <Link to="/cases/$id" params={{ id: c.id }}>
                {c.occupation.name} · {c.level.name}
              </Link>
            </h2>
            <p className="quiet">{t('web.case.registered', { date: c.registered_on })}</p>
          </div>
          <Status status={c.status} name={c.outcome_name ?? c.status_name} />
        </article>
      ))}
    </div>
  )
}
