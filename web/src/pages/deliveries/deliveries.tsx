import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import { useDeliveryFields } from '../../list/deskfields'
import { both, condition } from '../../list/expression'
import { optionsOf } from '../../list/fields'
import { steadily } from '../../list/held'
import type { Column } from '../../list/listing'
import { Opener, size, useChange } from '../../list/page'
import { ToolPage } from '../../list/toolpage'
import { deliveryStates, eventTypes } from '../../router'
import { daysAfter } from '../../words/beijing'
import type { Key } from '../../words/message'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { useAgain } from './again'
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
  const fields = useDeliveryFields()
  const { type, state, since, task, institution, filter, sort = '-created_at', page = 1 } = asked
  const whole = both(
    condition('type', type),
    condition('state', state),
    since && `written>${daysAfter(since, -1)}`,
    condition('task', task),
    condition('institution', institution),
    filter,
  )
  const list = useQuery({
    queryKey: ['deliveries', { whole, sort, page }],
    queryFn: async () => {
      const query = { ...(whole ? { filter: whole } : {}), sort, page, limit: size }
      const { deliveries, total, total_is_least } = await answer(api.GET('/v1/deliveries', { params: { query } }))
      return { rows: deliveries, total, least: total_is_least }
    },
    placeholderData: keepPreviousData,
    refetchInterval: steadily(10_000),
  })
  const { verb, said } = useAgain()
  const staff = account.role === 'institution'
  const whose: Column<Delivery>[] = [
    { key: 'institution', title: t('web.role.institution'), render: (row) => row.institution.name },
  ]
  const columns: Column<Delivery>[] = [
    {
      key: 'type',
      title: t('web.deliveries.type'),
      inFile: ['id', 'type', 'case_id', 'task_id'],
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
      inFile: ['written'],
      title: t('web.deliveries.written'),
      sort: 'created_at',
      render: (row) => moment(lang, row.created_at),
    },
    {
      key: 'last',
      inFile: ['last_attempt', 'status_code', 'error'],
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
    {
      key: 'delivered',
      title: t('web.fields.delivered'),
      spare: true,
      render: (row) => (row.delivered_at ? moment(lang, row.delivered_at) : '—'),
    },
  ]
  return (
    <ToolPage
      list="deliveries"
      heading={t('web.place.deliveries')}
      lead={account.institution?.name ?? t('web.deliveries.lead')}
      filters={[
        {
          name: 'type',
          label: t('web.deliveries.type'),
          value: type,
          options: eventTypes.map((type) => ({ value: type, label: t(`web.event_type.${type}`) })),
        },
        {
          name: 'state',
          label: t('web.deliveries.state'),
          value: state,
          options: deliveryStates.map((s) => ({ value: s, label: t(`web.delivery_state.${s}`) })),
        },
        { name: 'since', label: t('web.deliveries.since'), value: since, type: 'date' },
        ...(staff
          ? []
          : [
              {
                name: 'institution',
                label: t('web.fields.institution'),
                value: institution,
                options: optionsOf(fields, 'institution'),
              },
            ]),
      ]}
      below={
        // By task, by conditions, or whatever waits, nothing is picked that could be sent once more at once.
        (staff || institution) && !task && !filter && state !== 'pending' && type !== 'endpoint.ping' ? (
          <Suspense>
            <Redelivering key={whole} picked={asked} />
          </Suspense>
        ) : undefined
      }
      fields={fields}
      columns={columns}
      query={list}
      search={asked}
      whole={whole}
      call={(row) => `${t(`web.event_type.${row.type}` as Key)} ${moment(lang, row.created_at)}`}
      verbs={[verb]}
      said={said}
      standing="-created_at"
      open={open}
      detail={(id) => <Sheet id={id} onClose={() => change({ delivery: undefined })} />}
      none={{ title: t('web.deliveries.none'), advice: t('web.deliveries.none_advice') }}
    />
  )
}
