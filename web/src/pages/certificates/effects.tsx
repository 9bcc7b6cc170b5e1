import { Link } from '@tanstack/react-router'
import { useSession } from '../../api/session'
import { useWords } from '../../words/words'
import type { Certificate } from './certificate'

/** What stands on a certificate: the title, CE hours, what was applied for. */
export function Effects({ of }: { of: Certificate }) {
  const { t } = useWords()
  const { account } = useSession()
  const { case: about, title, ce_hours } = of.effects
  return (
    <section className="sheet stack close" aria-labelledby="effects">
      <h2 id="effects">{t('web.one_certificate.effects')}</h2>
      {about?.incident && (
        <p className="alert warn">
          <strong>{about.incident.title}</strong> {about.incident.explanation}
        </p>
      )}
      <dl className="facts">
        {about?.stages.map(({ stage, state }) => (
          <div key={stage.code} className="fact">
            <dt>{stage.name}</dt>
            <dd>{state.name}</dd>
          </div>
        ))}
        {about?.outcome && (
          <div className="fact">
            <dt>{t('web.one_certificate.outcome')}</dt>
            <dd>{about.outcome.name}</dd>
          </div>
        )}
        {ce_hours.map((year) => (
          <div key={year.year} className="fact">
            <dt>{t('web.one_certificate.ce', { year: year.year })}</dt>
            <dd>
              {t('web.one_certificate.standing', { hours: year.standing })}
              {year.reversed > 0 && ` ${t('web.one_certificate.reversed', { hours: year.reversed })}`}
            </dd>
          </div>
        ))}
      </dl>
      {title && <p>{title.text}</p>}
      {about && account.role !== 'institution' && (
        <p>
          <Link to="/cases/$id" params={{ id: about.id }}>
            {t('web.incidents.to_case')}
          </Link>
        </p>
      )}
    </section>
  )
}
