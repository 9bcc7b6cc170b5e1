import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { answer, api, type Schema } from '../../api/client'
import { useBatchFields } from '../../list/deskfields'
import { both, condition } from '../../list/expression'
import { steadily } from '../../list/held'
import type { Column } from '../../list/listing'
import { size } from '../../list/page'
import { ToolPage } from '../../list/toolpage'
import { batchStates } from '../../router'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

type Batch = Schema['BatchView']

/** What was done to many cases at once, the latest first. */
export function Batches() {
  const { t, name, lang } = useWords()
  const asked = useSearch({ from: '/inside/batches' })
  const { state, filter, sort = '-requested_at', page = 1 } = asked
  const whole = both(condition('state', state), filter)
  const list = useQuery({
    queryKey: ['batches', { whole, sort, page }],
    queryFn: async () => {
      const query = { ...(whole ? { filter: whole } : {}), sort, page, limit: size }
      const { batches, total } = await answer(api.GET('/v1/incident-batches', { params: { query } }))
      return { rows: batches, total }
    },
    placeholderData: keepPreviousData,
    refetchInterval: steadily(5_000),
  })
  const columns: Column<Batch>[] = [
    {
      key: 'name',
      inFile: ['id', 'name', 'reason', 'legal_basis'],
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
      inFile: ['cause', 'institution'],
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
      inFile: ['cases', 'cleared', 'stuck_again', 'refused', 'unchanged', 'skipped'],
      title: t('web.batches.outcome'),
      render: ({ progress: p }) =>
        t('web.batches.outcome_short', {
          cleared: p.cleared,
          total: p.total,
          again: p.stuck_again + p.refused + p.unchanged,
        }),
    },
    { key: 'state', title: t('web.incidents.state'), render: (b) => <State of={b} /> },
    {
      key: 'ended',
      title: t('web.fields.ended'),
      spare: true,
      render: (b) => (b.ended_at ? moment(lang, b.ended_at) : '—'),
    },
  ]
  return (
    <ToolPage
      list="batches"
      heading={t('web.batches.title')}
      lead={t('web.batches.lead')}
      filters={[
        {
          name: 'state',
          label: t('web.incidents.state'),
          value: state,
          options: batchStates.map((s) => ({ value: s, label: name('batch.state', s) })),
        },
      ]}
      fields={useBatchFields()}
      columns={columns}
      query={list}
      search={asked}
      whole={whole}
      standing="-requested_at"
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
