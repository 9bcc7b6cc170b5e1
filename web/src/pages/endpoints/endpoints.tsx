import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy } from 'react'
import { answer, api } from '../../api/client'
import type { Column } from '../../list/listing'
import { ListPage, Opener, size, useChange } from '../../list/page'
import { endpointStates } from '../../router'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import type { Endpoint } from './queries'
import { Health, State } from './standing'

const Detail = lazy(() => import('./detail').then((m) => ({ default: m.EndpointSheet })))
const SetupSheet = lazy(() => import('./detail').then((m) => ({ default: m.SetupSheet })))

/** Where institutions are called, and how that goes, for operators. */
export function Endpoints() {
  const { t, lang } = useWords()
  const { endpoint: open, ...asked } = useSearch({ from: '/inside/endpoints' })
  const change = useChange()
  const close = () => change({ endpoint: undefined })
  const list = useQuery({
    queryKey: ['endpoints', asked],
    queryFn: async () => {
      const query = { ...asked, page: asked.page ?? 1, limit: size } as const
      const { endpoints, total } = await answer(api.GET('/v1/endpoints', { params: { query } }))
      return { rows: endpoints, total }
    },
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  })
  const columns: Column<Endpoint>[] = [
    {
      key: 'institution',
      title: t('web.role.institution'),
      sort: 'institution_id',
      render: (row) => (
        <Opener field="endpoint" id={row.id}>
          {row.institution.name}
        </Opener>
      ),
    },
    { key: 'state', title: t('web.endpoint.state'), render: (row) => <State of={row} /> },
    { key: 'health', title: t('web.endpoint.health'), render: (row) => <Health of={row} /> },
    { key: 'waiting', title: t('web.endpoint.waiting'), render: (row) => row.waiting },
    {
      key: 'oldest',
      title: t('web.endpoint.oldest_column'),
      render: (row) => (row.oldest ? moment(lang, row.oldest) : '—'),
    },
    {
      key: 'failing',
      title: t('web.endpoint.failing_since'),
      sort: 'failing_since',
      render: (row) => (row.failing_since ? moment(lang, row.failing_since) : '—'),
    },
  ]
  return (
    <ListPage
      heading={t('web.place.endpoints')}
      lead={t('web.endpoints.lead')}
      action={<Button onClick={() => change({ endpoint: 'new' })}>{t('web.endpoint.setup')}</Button>}
      filters={[
        { name: 'q', label: t('web.role.institution'), value: asked.q, type: 'search', hint: t('web.endpoints.q') },
        {
          name: 'state',
          label: t('web.endpoint.state'),
          value: asked.state,
          options: endpointStates.map((s) => ({ value: s, label: t(`web.endpoint_state.${s}`) })),
        },
      ]}
      columns={columns}
      query={list}
      search={asked}
      open={open}
      detail={(id) => (id === 'new' ? <SetupSheet onClose={close} /> : <Detail id={id} onClose={close} />)}
      none={{ title: t('web.endpoints.none'), advice: t('web.endpoints.none_advice') }}
    />
  )
}
