import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import type { Found } from './queries'

/** What levels an institution is listed for, and on which list. */
export function Levels({ of }: { of: Found['roles'][number] }) {
  const { t } = useWords()
  return (
    <>
      {of.level?.name ?? t('web.finding.all_levels')}{' '}
      <span className="quiet small">{t('web.finding.list_year', { year: of.list_year })}</span>
    </>
  )
}

/** That an institution may not act meanwhile. */
export function Suspended({ of }: { of: Found }) {
  const { t, lang } = useWords()
  if (!of.suspended_since) return null
  return <span className="mark bad">{t('web.finding.suspended', { since: moment(lang, of.suspended_since) })}</span>
}

/** What kind of base of continuing education it is. */
export function Base({ of }: { of: NonNullable<Found['ce_base']> }) {
  const { t } = useWords()
  const levels = [of.national && t('web.finding.national'), of.municipal && t('web.finding.municipal')].filter(Boolean)
  return (
    <span className={of.may_issue ? 'mark good' : 'mark warn'}>
      {of.may_issue
        ? t('web.finding.base', { levels: levels.join('、'), year: of.list_year })
        : t('web.finding.base_open', { year: of.list_year })}
    </span>
  )
}
