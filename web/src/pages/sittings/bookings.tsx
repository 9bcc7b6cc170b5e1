import { Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import type { Schema } from '../../api/client'
import { dayOf } from '../../words/beijing'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

const Checking = lazy(() => import('./door').then((m) => ({ default: m.Checking })))
const Checked = lazy(() => import('./door').then((m) => ({ default: m.Checked })))

type Detail = Schema['SittingDetailOutputBody']
type Booking = Schema['BookingView']

/** Who booked a sitting, how that stands, and what failed at the door. */
export function Bookings({ of }: { of: Detail }) {
  const { t } = useWords()
  const live = of.bookings.filter((b) => b.live)
  const former = of.bookings.filter((b) => !b.live)
  return (
    <>
      <section className="stack close" aria-labelledby="booked">
        <h2 id="booked">{t('web.sittings.booked', { n: live.length })}</h2>
        {live.length === 0 ? (
          <p className="quiet">{t('web.sittings.nobody')}</p>
        ) : (
          <Lines of={live} day={dayOf(of.now) >= dayOf(of.starts_at)} />
        )}
        <p className="small quiet">{t('web.tasks.read_is_noted')}</p>
      </section>
      {former.length > 0 && (
        <section className="stack close">
          <h2>{t('web.sittings.former', { n: former.length })}</h2>
          <Lines of={former} day={false} />
        </section>
      )}
    </>
  )
}

function Lines({ of, day }: { of: Booking[]; day: boolean }) {
  return (
    <ul className="plain lines">
      {of.map((b) => (
        <Line key={b.id} of={b} day={day} />
      ))}
    </ul>
  )
}

function Line({ of, day }: { of: Booking; day: boolean }) {
  const { t, lang } = useWords()
  const [checking, setChecking] = useState(false)
  return (
    <li className="stack close">
      <div className="row apart">
        <span>
          {of.trainee.name} <span className="quiet small">{of.trainee.id_number_masked}</span>
        </span>
        <span className={`mark ${of.live ? 'now' : 'still'}`}>{of.state.name}</span>
      </div>
      <div className="quiet small">
        {[t('web.tasks.attempt_n', { n: of.attempt }), moment(lang, of.booked_at), of.fee?.name]
          .filter(Boolean)
          .join(' · ')}
      </div>
      <Suspense>
        {of.door_checks.map((c) => (
          <Checked key={c.id} of={c} />
        ))}
        {of.live && day && of.door_checks.length === 0 && !checking && (
          <div>
            <Button size="small" onClick={() => setChecking(true)}>
              {t('web.sittings.door')}
            </Button>
          </div>
        )}
        {checking && <Checking booking={of.id} onDone={() => setChecking(false)} />}
      </Suspense>
    </li>
  )
}
