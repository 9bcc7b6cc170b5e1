import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { answer, api, type Schema } from '../../api/client'
import type { Column } from '../../list/listing'
import { ListPage, size } from '../../list/page'
import { batchStates } from '../../router'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

type Batch = Schema['BatchView']

/** What was done to many cases at once, the latest first. */
export function Batches() {
  const { t, name, lang } = useWords()
  const asked = useSearch({ from: '/inside/batches' })
  const list = useQuery({
    queryKey: ['batches', asked],
    queryFn: async () => {
      const query = { ...asked, page: asked.page ?? 1, limit: size } as const
      const { batches, total } = await answer(api.GET('/v1/incident-batches', { params: { query } }))
      return { rows: batches, total }
    },
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
  })
  const columns: Column<Batch>[] = [
    {
      key: 'name',
      title: t('web.batches.name'),
      render: (b) => (
        <Link to="/batches/$id" params={{ id: b.id }} className="opener">
          {b.name}
        </Link>
      ),
    },
    { key: 'verb', title: t('web.resolve.verb'), render: (b) => b.verb.name },
    {
      key: 'group',
      title: t('web.batches.group'),
      render: (b) =>
        [b.cause?.name, name('stage', b.group.stage ?? ''), b.institution?.name].filter(Boolean).join(' · '),
    },
    {
      key: 'requested',
      title: t('web.batches.requested_at'),
      sort: 'requested_at',
      render: (b) => moment(lang, b.requested_at),
    },
    {
      key: 'outcome',
      title: t('web.batches.outcome'),
      render: ({ progress: p }) =>
        t('web.batches.outcome_short', {
          cleared: p.cleared,
          total: p.total,
          again: p.stuck_again + p.refused + p.unchanged,
        }),
    },
    { key: 'state', title: t('web.incidents.state'), render: (b) => <State of={b} /> },
  ]
  return (
    <ListPage
      heading={t('web.batches.title')}
      lead={t('web.batches.lead')}
      filters={[
        {
          name: 'state',
          label: t('web.incidents.state'),
          value: asked.state,
          options: batchStates.map((s) => ({ value: s, label: name('batch.state', s) })),
        },
      ]}
      columns={columns}
      query={list}
      search={asked}
      standing="-requested_at"
      open={undefined}
      detail={() => null}
      none={{ title: t('web.batches.none'), advice: t('web.batches.none_advice') }}
    />
  )
}

const tones = {
  awaiting_approval: 'warn',
  running: 'now',
  paused: 'warn',
  stopping: 'warn',
  stopped: 'still',
  done: 'good',
  rejected: 'still',
} as const

export function State({ of }: { of: Pick<Batch, 'state' | 'state_name'> }) {
  return <span className={`mark ${tones[of.state]}`}>{of.state_name}</span>
}
