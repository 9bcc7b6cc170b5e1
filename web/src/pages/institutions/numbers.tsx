import type { Schema } from '../../api/client'
import { useWords } from '../../words/words'

/** A share; of so few that it would say nothing, there is none. */
export function Rate({ of }: { of: Schema['RateView'] }) {
  const { t } = useWords()
  if (of.rate === null) return <span className="quiet">{t('web.institutions.few')}</span>
  return <>{Math.round(of.rate * 100)}%</>
}

/** A length of time, in hours or in days. */
export function Hours({ of }: { of: number | null }) {
  const { t } = useWords()
  if (of === null) return <span className="quiet">{t('web.institutions.few')}</span>
  return of < 48
    ? t('web.institutions.hours', { n: Math.round(of * 10) / 10 })
    : t('web.institutions.days', { n: Math.round(of / 2.4) / 10 })
}

/** Whether an institution may act. */
export function Standing({ of }: { of: Schema['Coded'] }) {
  return <span className={`mark ${of.code === 'active' ? 'good' : 'bad'}`}>{of.name}</span>
}
