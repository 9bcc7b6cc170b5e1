import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import { useInstitutionFields } from '../../list/deskfields'
import { both, condition } from '../../list/expression'
import type { Column } from '../../list/listing'
import { size } from '../../list/page'
import { ToolPage } from '../../list/toolpage'
import { districts } from '../../router'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Hours, Rate, Standing } from './numbers'

type Row = Schema['RecordSummary']

/** The institutions that work for the programme, and how they stand. */
export function Institutions() {
  const { t, lang, name } = useWords()
  const { account } = useSession()
  const asked = useSearch({ from: '/inside/institutions' })
  const { q, status, role, district, filter, sort = 'name', page = 1 } = asked
  const whole = both(
    condition('name', q),
    condition('status', status),
    condition('role', role),
    condition('district', district),
    filter,
  )
  const list = useQuery({
    queryKey: ['records', { whole, sort, page }],
    queryFn: async () => {
      const query = { ...(whole ? { filter: whole } : {}), sort, page, limit: size }
      const { institutions, total } = await answer(api.GET('/v1/institution-records', { params: { query } }))
      return { rows: institutions, total }
    },
    placeholderData: keepPreviousData,
  })
  const columns: Column<Row>[] = [
    {
      key: 'name',
      inFile: ['id', 'institution'],
      title: t('web.role.institution'),
      sort: 'name',
      render: (row) => (
        <Link to="/institutions/$id" params={{ id: row.id }} className="opener">
          {row.name}
        </Link>
      ),
    },
    {
      key: 'roles',
      title: t('web.institutions.roles'),
      render: (row) => row.roles.map((r) => r.name).join('、') || '—',
    },
    { key: 'district', title: t('web.institutions.district'), render: (row) => row.district?.name ?? '—' },
    { key: 'status', title: t('web.accounts.state'), render: (row) => <Standing of={row.status} /> },
    { key: 'open', title: t('web.institutions.open'), render: (row) => row.open },
    { key: 'stuck', title: t('web.institutions.stuck'), render: (row) => row.stuck },
    {
      key: 'overdue',
      title: t('web.institutions.overdue'),
      inFile: ['overdue_rate'],
      render: (row) => <Rate of={row.overdue} />,
    },
    {
      key: 'median',
      title: t('web.institutions.median'),
      inFile: ['median_hours'],
      render: (row) => <Hours of={row.median_hours} />,
    },
    {
      key: 'findings',
      title: t('web.institutions.unsettled'),
      inFile: ['unsettled', 'as_of'],
      render: (row) => row.unsettled,
    },
    { key: 'owed', title: t('web.institutions.owed'), spare: true, render: (row) => row.owed },
  ]
  const counted = list.data?.rows[0]?.as_of
  const places = account.district
    ? []
    : [
        {
          name: 'district',
          label: t('web.institutions.district'),
          value: district,
          options: districts.map((d) => ({ value: d, label: name('district', d) })),
        },
      ]
  return (
    <ToolPage
      list="institutions"
      heading={t('web.place.institutions')}
      lead={counted ? t('web.institutions.as_of', { at: moment(lang, counted) }) : t('web.institutions.lead')}
      filters={[
        { name: 'q', label: t('web.institutions.name'), type: 'search', value: q },
        {
          name: 'status',
          label: t('web.accounts.state'),
          value: status,
          options: ['active', 'suspended'].map((s) => ({ value: s, label: name('institution_status', s) })),
        },
        {
          name: 'role',
          label: t('web.institutions.roles'),
          value: role,
          options: ['training', 'evaluation'].map((r) => ({ value: r, label: name('role', r) })),
        },
        ...places,
      ]}
      fields={useInstitutionFields()}
      columns={columns}
      query={list}
      search={asked}
      whole={whole}
      standing="name"
      none={{ title: t('web.institutions.none'), advice: t('web.institutions.lead') }}
    />
  )
}
