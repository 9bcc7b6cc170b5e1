import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { api, type Schema } from '../../api/client'
import { keep } from '../../api/file'
import { Facts } from '../../shell/facts'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'

type Of = Pick<
  Schema['CertificateDetail'],
  | 'number'
  | 'course'
  | 'occupation'
  | 'direction'
  | 'level'
  | 'from'
  | 'to'
  | 'hours'
  | 'issuer'
  | 'issued_on'
  | 'expires_on'
>

/** What is printed on a certificate. Its holder knows whose it is; others are told. */
export function Printed({ of, holder }: { of: Of; holder?: string }) {
  const { t } = useWords()
  const target = [of.occupation, of.direction, of.level].filter((x) => x && x !== '—').join(' · ')
  return (
    <Facts
      of={[
        [
          t('web.certificates.number'),
          <span key="number" className="mono">
            {of.number}
          </span>,
        ],
        [t('web.certificates.holder'), holder],
        [t('web.mine.course'), of.course],
        [t('web.certificates.for'), target],
        [t('web.one_certificate.period'), of.from && of.to && t('web.classes.from_to', { from: of.from, to: of.to })],
        [t('web.one_certificate.hours'), of.hours],
        [t('web.certificates.issuer'), of.issuer.name],
        [t('web.certificates.issued_on'), of.issued_on],
        [t('web.mine.expires_on'), of.expires_on],
      ]}
    />
  )
}

interface Doing {
  of: Pick<Schema['CertificateDetail'], 'id' | 'number' | 'verify'>
  /** There is a signed document to be had. */
  ready: boolean
  /** It is what the reader comes for. */
  first?: boolean
  children?: ReactNode
}

/** What can be done with a certificate: its signed document taken along, what else its reader may, and others let check it. */
export function Document({ of, ready, first, children }: Doing) {
  const { t } = useWords()
  const take = useMutation({
    mutationFn: () =>
      keep(api.GET('/v1/certificates/{id}/document', { params: { path: { id: of.id } }, parseAs: 'blob' })),
  })
  return (
    <>
      <div className="row">
        {ready && (
          <Button
            type={first ? 'primary' : 'default'}
            onClick={() => take.mutate()}
            loading={take.isPending}
            aria-label={t('web.mine.take_named', { number: of.number })}
          >
            {t('web.mine.take')}
          </Button>
        )}
        {children}
        <a href={of.verify}>{t('web.mine.verify')}</a>
      </div>
      {take.error && <Trouble error={take.error} />}
    </>
  )
}
