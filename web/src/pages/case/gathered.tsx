import { Progress } from 'antd'
import { number } from '../../words/time'
import { useWords } from '../../words/words'
import { Found } from '../certificates/found'
import { CertificateStatus } from '../certificates/status'
import type { Case } from './queries'

// What a case has gathered on its way.

export function Hours({ hours }: { hours: Case['hours'] }) {
  const { t, lang } = useWords()
  const { recorded, required } = hours
  return (
    <section className="sheet stack close" aria-labelledby="hours">
      <h2 id="hours">{t('web.case.hours')}</h2>
      <p className="figure">
        <strong>{number(lang, recorded)}</strong>
        <span className="quiet">
          {required ? t('web.case.of_hours', { hours: number(lang, required) }) : t('web.case.hours_unit')}
        </span>
      </p>
      {required && (
        <Progress
          percent={Math.min(100, (recorded / required) * 100)}
          showInfo={false}
          strokeColor="var(--slate)"
          aria-label={t('web.case.hours')}
        />
      )}
      {hours.modules.length > 0 && (
        <ul className="plain lines small" aria-label={t('web.case.modules')}>
          {hours.modules.map((m) => (
            <li key={m.name} className="row apart">
              <span className={m.required && m.hours === 0 ? 'quiet' : undefined}>{m.name}</span>
              <span className="quiet nowrap">
                {m.required && m.hours === 0
                  ? t('web.case.module_ahead')
                  : t('web.case.ce_count', { hours: number(lang, m.hours) })}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

export function Results({ results }: { results: Case['results'] }) {
  const { t, lang } = useWords()
  if (results.length === 0) return null
  return (
    <section className="sheet stack close" aria-labelledby="results">
      <h2 id="results">{t('web.case.results')}</h2>
      <ul className="plain lines">
        {results.map((r) => (
          <li key={`${r.kind}-${r.attempt}`} className="row apart">
            <span>
              {r.name}{' '}
              <span className="quiet small">
                {t('web.case.attempt', { n: r.attempt })} · {r.held_on}
              </span>
            </span>
            <span className="row">
              <span>
                {r.absent
                  ? t('web.case.absent')
                  : t('web.case.score', { score: number(lang, r.score ?? 0), mark: number(lang, r.pass_mark) })}
              </span>
              <span className={`mark ${r.passed ? 'good' : 'bad'}`}>
                {t(r.passed ? 'web.case.passed' : 'web.case.not_passed')}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

export function Certificates({ certificates }: { certificates: Case['certificates'] }) {
  const { t } = useWords()
  if (certificates.length === 0) return null
  return (
    <section className="sheet stack close" aria-labelledby="certificates">
      <h2 id="certificates">{t('web.case.certificates')}</h2>
      <ul className="plain lines">
        {certificates.map((c) => (
          <li key={c.number} className="stack close tight">
            <div className="row apart">
              <strong>{c.name}</strong>
              <CertificateStatus status={c.status} />
            </div>
            <span className="mono">{c.number}</span>
            <span className="quiet small">
              {c.issuer.name} · {c.issued_on}
            </span>
            <Found on={c.publications} />
            <span className="row">
              <a href={c.verify}>{t('web.mine.verify')}</a>
              {c.demonstration && <span className="mark warn">{t('web.case.demonstration')}</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

export function Title({ title }: { title: NonNullable<Case['title']> }) {
  const { t } = useWords()
  return (
    <section className="sheet stack close" aria-labelledby="title">
      <h2 id="title">{t('web.case.title')}</h2>
      <p className="figure">
        <strong>{title.title}</strong>
      </p>
      <p>{title.text}</p>
      {title.effects.map((effect) => (
        <p key={effect} className="quiet small">
          {effect}
        </p>
      ))}
      {title.earliest_date && <p className="quiet">{t('web.case.earliest', { date: title.earliest_date })}</p>}
    </section>
  )
}

export function CEHours({ years }: { years: Case['ce_hours'] }) {
  const { t, lang } = useWords()
  if (years.length === 0) return null
  return (
    <section className="sheet stack close" aria-labelledby="ce">
      <h2 id="ce">{t('web.case.ce_hours')}</h2>
      <ul className="plain lines">
        {years.map((y) => (
          <li key={`${y.year}-${y.subject}`} className="row apart">
            <span>
              {t('web.case.ce_year', { year: y.year })}{' '}
              <span className="quiet small">{t(`web.subject.${y.subject}`)}</span>
            </span>
            <span>{t('web.case.ce_count', { hours: number(lang, y.hours) })}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
