import type { Schema } from '../../api/client'
import { number } from '../../words/time'
import { useWords } from '../../words/words'

type Offer = Schema['OfferView']

/** By what means a class is held, and when in the week. */
export function How({ offer }: { offer: Offer }) {
  const { t } = useWords()
  return [offer.delivery_name, offer.study_name].filter(Boolean).join(' · ') || t('web.offered.unsaid')
}

/** What a class costs; that nothing was published of it is said too. */
export function Fee({ offer }: { offer: Offer }) {
  const { t, lang } = useWords()
  if (offer.fee_fen === undefined) return <>{t('web.offered.fee_unsaid')}</>
  if (offer.fee_fen === 0) return <>{t('web.offered.free')}</>
  return <>{t('web.offered.fee', { yuan: number(lang, offer.fee_fen / 100) })}</>
}

/** What of the fee is paid back until when, step by step, and what is agreed besides. */
export function Refund({ offer }: { offer: Offer }) {
  const { t } = useWords()
  const steps = offer.refund ?? []
  if (offer.fee_fen === 0) return <>{t('web.offered.refund_free')}</>
  return (
    <>
      {steps.length === 0 && t('web.offered.refund_unsaid')}
      {steps.length > 0 && (
        <ul className="plain">
          {steps.map(({ until, percent }) => (
            <li key={until}>
              {until === 'start'
                ? t('web.offered.refund_start', { percent })
                : t('web.offered.refund_share', { share: until, percent })}
            </li>
          ))}
          <li>{t('web.offered.refund_after')}</li>
        </ul>
      )}
      {offer.refund_terms && <p className="quiet small">{offer.refund_terms}</p>}
    </>
  )
}

/** How many places are left, or why none can be had. */
export function Places({ of }: { of: Schema['OfferedView'] }) {
  const { t } = useWords()
  return (
    <span className={of.enrolment === 'open' ? 'mark good' : 'mark'}>
      {of.enrolment === 'open'
        ? t('web.offered.places', { left: of.places_left, capacity: of.capacity })
        : of.enrolment_name}
    </span>
  )
}

/** The hours of the standard, or that none are entered. */
export function Hours({ of }: { of: Schema['OfferedView'] }) {
  const { t, lang } = useWords()
  return (
    <>
      {of.required_hours
        ? t('web.offered.hours', { hours: number(lang, of.required_hours) })
        : t('web.offered.hours_missing')}
    </>
  )
}

/** What was published of a body's inspections, or that nothing was. */
export function Notices({ of }: { of: Schema['NoticeOfView'][] }) {
  const { t } = useWords()
  if (of.length === 0) return <p className="quiet">{t('web.offered.supervision_none')}</p>
  return (
    <ul className="plain lines">
      {of.map((n) => (
        <li key={n.published_at}>
          {n.visited_on && <span className="quiet">{n.visited_on} · </span>}
          {n.text}
        </li>
      ))}
    </ul>
  )
}
