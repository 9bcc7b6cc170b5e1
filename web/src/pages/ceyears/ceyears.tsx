import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useSession } from '../../api/session'
import { condition } from '../../list/expression'
import { Arrived } from '../../shell/arrived'
import { Note } from '../../shell/notes'
import { Wide } from '../../shell/wide'
import { moment, number } from '../../words/time'
import { useWords } from '../../words/words'
import { type Year, yearsQuery } from './queries'

const Turning = lazy(() => import('./turning').then((m) => ({ default: m.Turning })))

/** The calendar years of CE hours: which take more, which are closed and by whom, and what waits for those. */
export function CEYears() {
  const { t } = useWords()
  const { year: open } = useSearch({ from: '/inside/ce-years' })
  const navigate = useNavigate({ from: '/ce-years' })
  const years = useQuery(yearsQuery)
  const opened = years.data?.find((y) => y.year === open)
  return (
    <>
      <header className="head stack close">
        <h1>{t('web.ce_years.title')}</h1>
        <p className="quiet">{t('web.ce_years.lead')}</p>
      </header>
      <Arrived of={years} rows={4}>
        {(data) =>
          data.length === 0 ? (
            <div className="sheet">
              <Note title={t('web.ce_years.none')}>
                <p>{t('web.ce_years.none_advice')}</p>
              </Note>
            </div>
          ) : (
            <Table years={data} />
          )
        }
      </Arrived>
      <Suspense>{opened && <Turning of={opened} onClose={() => void navigate({ search: {} })} />}</Suspense>
    </>
  )
}

function Table({ years }: { years: Year[] }) {
  const { t, lang } = useWords()
  const { account } = useSession()
  return (
    <div className="sheet">
      <Wide>
        <table aria-label={t('web.ce_years.title')}>
          <thead>
            <tr>
              <th scope="col">{t('web.ce_years.year')}</th>
              <th scope="col">{t('web.ce_years.state')}</th>
              <th scope="col">{t('web.ce_years.persons')}</th>
              <th scope="col">{t('web.ce_years.hours')}</th>
              <th scope="col">{t('web.ce_years.waiting')}</th>
              {!account.district && <th scope="col">{t('web.ce_years.act')}</th>}
            </tr>
          </thead>
          <tbody>
            {years.map((y) => (
              <tr key={y.year} data-year={y.year}>
                <th scope="row">{y.year}</th>
                <td>
                  <State of={y} />
                </td>
                <td>{number(lang, y.persons)}</td>
                <td>{number(lang, y.hours)}</td>
                <td>
                  <Waits of={y} />
                </td>
                {!account.district && (
                  <td>
                    <Link to="/ce-years" search={{ year: y.year }}>
                      {t(y.state === 'closed' ? 'web.ce_years.reopen' : 'web.ce_years.close')}
                    </Link>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </div>
  )
}

function State({ of }: { of: Year }) {
  const { t, lang } = useWords()
  return (
    <>
      <span className={`mark ${of.state === 'closed' ? 'still' : 'good'}`}>{t(`web.ce_years.is_${of.state}`)}</span>
      {of.closed_at && (
        <div className="quiet small">
          {t('web.ce_years.closed_by', { at: moment(lang, of.closed_at), by: of.closed_by ?? '—' })}
        </div>
      )}
    </>
  )
}

/** What the closing keeps from being credited; the cases are a group to act on. */
export function Waits({ of }: { of: Year }) {
  const { t, lang } = useWords()
  const { cases, places, hours } = of.waiting
  if (cases === 0 && places === 0) return '—'
  return (
    <>
      {cases > 0 && (
        <Link to="/groups" search={{ filter: condition('cause', 'ce_year_closed') }}>
          {t('web.ce_years.cases', { n: cases })}
        </Link>
      )}
      {cases > 0 && places > 0 && ' · '}
      {places > 0 && t('web.ce_years.places', { n: places })}
      <div className="quiet small">{t('web.ce_years.waiting_hours', { hours: number(lang, hours) })}</div>
    </>
  )
}
