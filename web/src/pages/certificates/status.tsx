import type { Schema } from '../../api/client'
import { useWords } from '../../words/words'

const tones = {
  prepared: 'still',
  valid: 'good',
  suspended: 'warn',
  superseded: 'still',
  revoked: 'bad',
  cancelled: 'still',
} as const

/** Whether a certificate still holds. */
export function CertificateStatus({ status }: { status: Schema['CertificateView']['status'] }) {
  const { t } = useWords()
  return <span className={`mark ${tones[status]}`}>{t(`web.certificate.${status}`)}</span>
}
