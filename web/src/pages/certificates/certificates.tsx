import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import { useCertificateFields } from '../../list/deskfields'
import { both, condition } from '../../list/expression'
import type { Column } from '../../list/listing'
import { size } from '../../list/page'
import { ToolPage } from '../../list/toolpage'
import { certificateKinds, certificateStatuses } from '../../router'
import { useWords } from '../../words/words'
import { CertificateStatus } from './status'

type Certificate = Schema['IssuedView']

/** The certificates that an institution issued; an operator sees everybody's. */
export function Certificates() {
  const { t, name } = useWords()
  const { account } = useSession()
  const asked = useSearch({ from: '/inside/certificates' })
  const { q, kind, status, filter, sort = '-issued_on', page = 1 } = asked
  const whole = both(condition('number', q), condition('kind', kind), condition('status', status), filter)
  const list = useQuery({
    queryKey: ['certificates', { whole, sort, page }],
    queryFn: async () => {
      const query = { ...(whole ? { filter: whole } : {}), sort, page, limit: size }
      const { certificates, total, total_is_least } = await answer(api.GET('/v1/certificates', { params: { query } }))
      return { rows: certificates, total: total ?? certificates.length, least: total_is_least }
    },
    placeholderData: keepPreviousData,
  })
  const issuer: Column<Certificate>[] = [
    { key: 'issuer', title: t('web.certificates.issuer'), render: (row) => row.issuer.name },
  ]
  const columns: Column<Certificate>[] = [
    {
      key: 'number',
      inFile: ['id', 'number'],
      title: t('web.certificates.number'),
      render: (row) => (
        <Link to="/certificates/$id" params={{ id: row.id }} className="mono opener">
          {row.number}
        </Link>
      ),
    },
    { key: 'kind', title: t('web.certificates.kind'), inFile: ['certificate'], render: (row) => row.name },
    { key: 'holder', title: t('web.certificates.holder'), render: (row) => row.holder },
    {
      key: 'for',
      inFile: ['occupation', 'level', 'course'],
      title: t('web.certificates.for'),
      render: (row) => [row.occupation, row.level, row.course].filter(Boolean).join(' · '),
    },
    ...(account.role === 'operator' ? issuer : []),
    {
      key: 'issued_on',
      inFile: ['issued'],
      title: t('web.certificates.issued_on'),
      sort: 'issued_on',
      render: (row) => <span className="nowrap">{row.issued_on}</span>,
    },
    { key: 'status', title: t('web.certificates.status'), render: (row) => <CertificateStatus status={row.status} /> },
  ]
  return (
    <ToolPage
      list="certificates"
      heading={t('web.place.certificates')}
      lead={account.institution?.name ?? t('web.certificates.lead')}
      filters={[
        {
          name: 'q',
          label: t('web.certificates.number'),
          value: q,
          type: 'search',
          hint: t('web.certificates.q'),
        },
        {
          name: 'kind',
          label: t('web.certificates.kind'),
          value: kind,
          options: certificateKinds.map((k) => ({ value: k, label: name('certificate', k) })),
        },
        {
          name: 'status',
          label: t('web.certificates.status'),
          value: status,
          options: certificateStatuses.map((s) => ({ value: s, label: t(`web.certificate.${s}`) })),
        },
      ]}
      fields={useCertificateFields()}
      columns={columns}
      query={list}
      search={asked}
      whole={whole}
      standing="-issued_on"
      none={{ title: t('web.certificates.none'), advice: t('web.certificates.none_advice') }}
    />
  )
}
