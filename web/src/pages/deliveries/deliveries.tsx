import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import type { Column } from '../../list/listing'
import { ListPage, Opener, size, useChange } from '../../list/page'
import { deliveryStates, eventTypes } from '../../router'
import type { Key } from '../../words/message'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { dayBegins } from './picked'
import { DeliveryState } from './state'

const Sheet = lazy(() => import('./detail').then((m) => ({ default: m.DeliverySheet })))
const Redelivering = lazy(() => import('./redelivering').then((m) => ({ default: m.Redelivering })))

type Delivery = Schema['DeliveryView']

/** The log of what institutions were told, and how that went. */
export function Deliveries() {
  const { t, lang } = useWords()
  const { account } = useSession()
  const { delivery: open, ...asked } = useSearch({ from: '/inside/deliveries' })
  const change = useChange()
  const list = useQuery({
    queryKey: ['deliveries', asked],
    queryFn: async () => {
      const { since, ...rest } = asked
      const query = {
        ...rest,
        ...(since ? { since: dayBegins(since) } : {}),
        sort: asked.sort ?? '-created_at',
        page: asked.page ?? 1,
        limit: size,
      } as const
      const { deliveries, total } = await answer(api.GET('/v1/deliveries', { params: { query } }))
      return { rows: deliveries, total }
    },
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  })
  const staff = account.role === 'institution'
  const whose: Column<Delivery>[] = [
    { key: 'institution', title: t('web.role.institution'), render: (row) => row.institution.name },
  ]
  const columns: Column<Delivery>[] = [
    {
      key: 'type',
      title: t('web.deliveries.type'),
      render: (row) => (
        <span className="row">
          <Opener field="delivery" id={row.id}>
            {t(`web.event_type.${row.type}` as Key)}
          </Opener>
          {row.test && <span className="mark still">{t('web.deliveries.test')}</span>}
        </span>
      ),
    },
    ...(staff ? [] : whose),
    {
      key: 'created',
      title: t('web.deliveries.written'),
      sort: 'created_at',
      render: (row) => moment(lang, row.created_at),
    },
    {
      key: 'last',
      title: t('web.deliveries.last'),
      render: (row) =>
        row.last_attempt ? (
          <span>
            {row.last_attempt.status ?? '—'} <span className="small quiet">{row.last_attempt.message}</span>
          </span>
        ) : (
          '—'
        ),
    },
    { key: 'attempts', title: t('web.deliveries.attempts'), render: (row) => row.attempts },
    { key: 'state', title: t('web.deliveries.state'), render: (row) => <DeliveryState of={row} /> },
  ]
  const { page: _page, sort: _sort, ...picked } = asked
  return (
    <ListPage
      heading={t('web.place.deliveries')}
      lead={account.institution?.name ?? t('web.deliveries.lead')}
      filters={[
        {
          name: 'type',
          label: t('web.deliveries.type'),
          value: asked.type,
          options: eventTypes.map((type) => ({ value: type, label: t(`web.event_type.${type}`) })),
        },
        {
          name: 'state',
          label: t('web.deliveries.state'),
          value: asked.state,
          options: deliveryStates.map((s) => ({ value: s, label: t(`web.delivery_state.${s}`) })),
        },
        { name: 'since', label: t('web.deliveries.since'), value: asked.since, type: 'date' },
        ...(staff
          ? []
          : [
              {
                name: 'institution',
                label: t('web.deliveries.institution'),
                value: asked.institution,
                type: 'search' as const,
              },
            ]),
      ]}
      below={
        // By task, or whatever waits, nothing is picked that could be sent once more at once.
        (staff || asked.institution) && !asked.task && asked.state !== 'pending' && asked.type !== 'endpoint.ping' ? (
          <Suspense>
            <Redelivering key={JSON.stringify(picked)} picked={picked} />
          </Suspense>
        ) : undefined
      }
      columns={columns}
      query={list}
      search={asked}
      standing="-created_at"
      open={open}
      detail={(id) => <Sheet id={id} onClose={() => change({ delivery: undefined })} />}
      none={{ title: t('web.deliveries.none'), advice: t('web.deliveries.none_advice') }}
    />
  )
}
