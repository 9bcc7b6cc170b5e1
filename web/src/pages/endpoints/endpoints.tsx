import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy } from 'react'
import { answer, api } from '../../api/client'
import { useEndpointFields } from '../../list/deskfields'
import { both, condition } from '../../list/expression'
import { steadily } from '../../list/held'
import type { Column } from '../../list/listing'
import { Opener, size, useChange } from '../../list/page'
import { ToolPage } from '../../list/toolpage'
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
  const { q, state, filter, sort = 'institution_id', page = 1 } = asked
  const whole = both(condition('name', q), condition('state', state), filter)
  const list = useQuery({
    queryKey: ['endpoints', { whole, sort, page }],
    queryFn: async () => {
      const query = { ...(whole ? { filter: whole } : {}), sort, page, limit: size }
      const { endpoints, total } = await answer(api.GET('/v1/endpoints', { params: { query } }))
      return { rows: endpoints, total }
    },
    placeholderData: keepPreviousData,
    refetchInterval: steadily(10_000),
  })
  const columns: Column<Endpoint>[] = [
    {
      key: 'institution',
      inFile: ['id', 'institution'],
      title: t('web.role.institution'),
      sort: 'institution_id',
      render: (row) => (
        <Opener field="endpoint" id={row.id}>
          {row.institution.name}
        </Opener>
      ),
    },
    { key: 'state', title: t('web.endpoint.state'), render: (row) => <State of={row} /> },
    {
      key: 'health',
      title: t('web.endpoint.health'),
      inFile: ['health', 'attempts', 'failed'],
      render: (row) => <Health of={row} />,
    },
    { key: 'waiting', title: t('web.endpoint.waiting'), render: (row) => row.waiting },
    {
      key: 'oldest',
      title: t('web.endpoint.oldest_column'),
      render: (row) => (row.oldest ? moment(lang, row.oldest) : '—'),
    },
    {
      key: 'failing',
      inFile: ['failing_since'],
      title: t('web.endpoint.failing_since'),
      sort: 'failing_since',
      render: (row) => (row.failing_since ? moment(lang, row.failing_since) : '—'),
    },
    {
      key: 'state_since',
      title: t('web.fields.state_since'),
      spare: true,
      render: (row) => moment(lang, row.state_since),
    },
  ]
  return (
    <ToolPage
      list="endpoints"
      heading={t('web.place.endpoints')}
      lead={t('web.endpoints.lead')}
      action={<Button onClick={() => change({ endpoint: 'new' })}>{t('web.endpoint.setup')}</Button>}
      filters={[
        { name: 'q', label: t('web.role.institution'), value: q, type: 'search', hint: t('web.endpoints.q') },
        {
          name: 'state',
          label: t('web.endpoint.state'),
          value: state,
          options: endpointStates.map((s) => ({ value: s, label: t(`web.endpoint_state.${s}`) })),
        },
      ]}
      fields={useEndpointFields()}
      columns={columns}
      query={list}
      search={asked}
      whole={whole}
      standing="institution_id"
      verbs={[{ id: 'act', name: t('web.cases.act'), key: 'r', run: ([row]) => change({ endpoint: row?.id }) }]}
      open={open}
      detail={(id) => (id === 'new' ? <SetupSheet onClose={close} /> : <Detail id={id} onClose={close} />)}
      none={{ title: t('web.endpoints.none'), advice: t('web.endpoints.none_advice') }}
    />
  )
}
