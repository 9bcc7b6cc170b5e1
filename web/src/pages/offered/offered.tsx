import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { Arrived } from '../../shell/arrived'
import { type Fact, Facts } from '../../shell/facts'
import { ToCalendar } from '../../shell/tocalendar'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Target } from '../classes/target'
import './offered.css'
import { type OfferedClass, oneOffered } from './queries'
import { Fee, Hours, How, Notices, Places, Refund } from './terms'

/** What one class offers who would join it. */
export function ClassOffered() {
  const { t } = useWords()
  const { id } = useParams({ from: '/outside/classes-offered/$id' })
  const one = useQuery(oneOffered(id))
  return (
    <div className="stack">
      <p>
        <Link to="/class-calendar">← {t('web.offered.title')}</Link>
      </p>
      <Arrived of={one}>{(data) => <Shown of={data} />}</Arrived>
    </div>
  )
}

function Shown({ of }: { of: OfferedClass }) {
  const { t, lang } = useWords()
  const facts: Fact[] = [
    [t('web.offered.body'), of.institution.name],
    [t('web.offered.dates'), t('web.classes.from_to', { from: of.starts_on, to: of.ends_on })],
    [t('web.offered.enrol_until'), of.offer.enrol_until ?? of.ends_on],
    [t('web.offered.how'), <How key="how" offer={of.offer} />],
    [t('web.offered.schedule'), of.offer.schedule || t('web.offered.unsaid')],
    [t('web.offered.venue'), of.offer.venue || t('web.offered.unsaid')],
  ]
  return (
    <>
      <header className="stack close">
        <h1>{of.name}</h1>
        <p className="row">
          <span>
            <Target of={of} />
          </span>
          <Places of={of} />
        </p>
      </header>
      <div className="columns offered-columns">
        <div className="stack">
          <section className="sheet">
            <Facts of={facts} />
          </section>
          <section className="sheet stack close late" aria-labelledby="content">
            <h2 id="content">{t('web.offered.teaches')}</h2>
            <p>
              <Hours of={of} />
            </p>
            {of.modules.length > 0 && (
              <ul>
                {of.modules.map((m) => (
                  <li key={m}>{m}</li>
                ))}
              </ul>
            )}
          </section>
          <section className="sheet stack close late" aria-labelledby="sessions">
            <h2 id="sessions">{t('web.offered.sessions')}</h2>
            {of.sessions.length === 0 && <p className="quiet">{t('web.offered.sessions_none')}</p>}
            <ul className="plain lines">
              {of.sessions.map((s) => (
                <li key={s.opens_at + s.module}>
                  <span className="nowrap">{moment(lang, s.opens_at)}</span> · {s.module}
                  {s.place && <span className="quiet"> · {s.place}</span>}
                </li>
              ))}
            </ul>
            {of.sessions.length > 0 && (
              <div>
                <ToCalendar href={`/v1/offered-classes/${of.id}/calendar`} />
              </div>
            )}
          </section>
        </div>
        <div className="stack">
          <section className="sheet stack close" aria-labelledby="costs">
            <h2 id="costs">{t('web.offered.costs')}</h2>
            <p className="offered-fee">
              <Fee offer={of.offer} />
            </p>
            <h3>{t('web.offered.refund')}</h3>
            <div>
              <Refund offer={of.offer} />
            </div>
            <p className="quiet small">
              {t('web.offered.revision', { n: of.offer.revision, at: moment(lang, of.offer.said_at) })}
            </p>
            {of.enrolment === 'open' && (
              <Link to="/my-registration" search={{ class: of.id }} className="press first">
                {t('web.offered.register')}
              </Link>
            )}
          </section>
          <section className="sheet stack close late" aria-labelledby="supervision">
            <h2 id="supervision">{t('web.offered.supervision')}</h2>
            <Notices of={of.supervision} />
          </section>
        </div>
      </div>
    </>
  )
}
