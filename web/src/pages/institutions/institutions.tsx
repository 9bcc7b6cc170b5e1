import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import type { Column } from '../../list/listing'
import { ListPage, size } from '../../list/page'
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
  const list = useQuery({
    queryKey: ['records', asked],
    queryFn: async () => {
      const query = { ...asked, page: asked.page ?? 1, limit: size }
      const { institutions, total } = await answer(api.GET('/v1/institution-records', { params: { query } }))
      return { rows: institutions, total }
    },
    placeholderData: keepPreviousData,
  })
  const columns: Column<Row>[] = [
    {
      key: 'name',
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
    { key: 'overdue', title: t('web.institutions.overdue'), render: (row) => <Rate of={row.overdue} /> },
    { key: 'median', title: t('web.institutions.median'), render: (row) => <Hours of={row.median_hours} /> },
    { key: 'findings', title: t('web.institutions.unsettled'), render: (row) => row.unsettled },
  ]
  const counted = list.data?.rows[0]?.as_of
  const places = account.district
    ? []
    : [
        {
          name: 'district',
          label: t('web.institutions.district'),
          value: asked.district,
          options: districts.map((d) => ({ value: d, label: name('district', d) })),
        },
      ]
  return (
    <ListPage
      heading={t('web.place.institutions')}
      lead={counted ? t('web.institutions.as_of', { at: moment(lang, counted) }) : t('web.institutions.lead')}
      filters={[
        { name: 'q', label: t('web.institutions.name'), type: 'search', value: asked.q },
        {
          name: 'status',
          label: t('web.accounts.state'),
          value: asked.status,
          options: ['active', 'suspended'].map((s) => ({ value: s, label: name('institution_status', s) })),
        },
        {
          name: 'role',
          label: t('web.institutions.roles'),
          value: asked.role,
          options: ['training', 'evaluation'].map((r) => ({ value: r, label: name('role', r) })),
        },
        ...places,
      ]}
      columns={columns}
      query={list}
      search={asked}
      standing="name"
      open={undefined}
      detail={() => null}
      none={{ title: t('web.institutions.none'), advice: t('web.institutions.lead') }}
    />
  )
}
