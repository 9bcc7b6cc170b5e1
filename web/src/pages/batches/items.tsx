import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { answer, api, type Schema } from '../../api/client'
import { type Column, Listing } from '../../list/listing'
import { size, useChange } from '../../list/page'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

type Item = Schema['BatchItemView']

const tones = {
  waiting: 'still',
  acted: 'now',
  cleared: 'good',
  stuck_again: 'bad',
  refused: 'bad',
  unchanged: 'warn',
  skipped: 'still',
} as const

/** The cases of a batch, one by one: those first that somebody must look at, and where each stands now. */
export function Items({ id, over }: { id: string; over: boolean }) {
  const { t, lang } = useWords()
  const { state, page } = useSearch({ from: '/inside/batches/$id' })
  const change = useChange()
  const items = useQuery({
    queryKey: ['batch', id, 'items', state, page],
    queryFn: async () => {
      const query = { ...(state ? { state } : {}), page: page ?? 1, limit: size }
      const said = await answer(api.GET('/v1/incident-batches/{id}/items', { params: { path: { id }, query } }))
      return { rows: said.items, total: said.total }
    },
    placeholderData: keepPreviousData,
    refetchInterval: over ? false : 3_000,
  })
  const columns: Column<Item>[] = [
    {
      key: 'case',
      title: t('web.batches.case'),
      render: (i) =>
        i.case_id === '' ? (
          <span className="mono nowrap">{i.incident_id?.slice(0, 8)}</span>
        ) : (
          <Link to="/cases/$id" params={{ id: i.case_id }} className="mono nowrap">
            {i.case_id.slice(0, 8)}
          </Link>
        ),
    },
    {
      key: 'state',
      title: t('web.batches.outcome'),
      render: (i) => <span className={`mark ${tones[i.state]}`}>{i.state_name}</span>,
    },
    { key: 'why', title: t('web.batches.why'), render: (i) => i.why?.name ?? '—' },
    {
      key: 'cleared',
      title: t('web.batches.cleared_at'),
      render: (i) => (i.cleared_at ? moment(lang, i.cleared_at) : '—'),
    },
    {
      key: 'settled',
      title: t('web.batches.settled_at'),
      render: (i) => (i.settled_at ? moment(lang, i.settled_at) : '—'),
    },
    {
      key: 'now',
      title: t('web.batches.now'),
      render: ({ now }) =>
        [now.stage.name, now.queue.name || t('web.batches.case_ended'), now.cause?.name].filter(Boolean).join(' · '),
    },
  ]
  return (
    <Listing
      name={t('web.batches.cases')}
      columns={columns}
      rowKey={(i) => i.position}
      query={items}
      size={size}
      page={page}
      sort={undefined}
      standing=""
      onChange={change}
      open={undefined}
      empty={{ title: t('web.list.none_fit'), advice: t('web.list.none_fit_advice') }}
    />
  )
}
