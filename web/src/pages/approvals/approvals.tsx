import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { lazy } from 'react'
import { answer, api, type Schema } from '../../api/client'
import type { Column } from '../../list/listing'
import { ListPage, Opener, part, useChange } from '../../list/page'
import { approvalStates, approvalsOf } from '../../router'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

const Detail = lazy(() => import('./detail').then((m) => ({ default: m.ApprovalDetail })))

export type Approval = Schema['ApprovalView']

/** How many of the latest are read: more than wait at a time. */
const most = 200

/** What one operator asked for and another decides on. */
export function Approvals() {
  const { t, lang } = useWords()
  const { approval: open, page, ...asked } = useSearch({ from: '/inside/approvals' })
  const change = useChange()
  const list = useQuery({
    queryKey: ['approvals', asked],
    queryFn: async () => {
      const query = {
        state: asked.state ?? 'pending',
        ...(asked.whose && { whose: asked.whose }),
        limit: most,
      } as const
      const { approvals } = await answer(api.GET('/v1/approvals', { params: { query } }))
      return approvals
    },
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  })
  const columns: Column<Approval>[] = [
    {
      key: 'verb',
      title: t('web.approvals.what'),
      render: (row) => (
        <Opener field="approval" id={row.id}>
          {row.verb.name}
        </Opener>
      ),
    },
    {
      key: 'about',
      title: t('web.approvals.about'),
      render: (row) => row.incident?.cause.name ?? row.stage?.name ?? '—',
    },
    { key: 'by', title: t('web.approvals.by'), render: (row) => (row.mine ? t('web.approvals.me') : row.by.label) },
    { key: 'at', title: t('web.approvals.at'), render: (row) => moment(lang, row.requested_at) },
    { key: 'state', title: t('web.accounts.state'), render: (row) => <State of={row} /> },
  ]
  return (
    <ListPage
      heading={t('web.approvals.title')}
      lead={t('web.approvals.lead')}
      filters={[
        {
          name: 'state',
          label: t('web.accounts.state'),
          value: asked.state,
          standing: t('web.approvals.pending'),
          options: approvalStates.map((s) => ({ value: s, label: t(`approval_state.${s}`) })),
        },
        {
          name: 'whose',
          label: t('web.approvals.whose'),
          value: asked.whose,
          options: approvalsOf.map((w) => ({ value: w, label: t(`web.approvals.${w}`) })),
        },
      ]}
      columns={columns}
      query={{ ...list, data: list.data && part(list.data, page) }}
      search={{ ...asked, ...(page && { page }) }}
      open={open}
      detail={(id) => <Detail id={id} onClose={() => change({ approval: undefined })} />}
      none={{ title: t('web.approvals.none'), advice: t('web.approvals.none_advice') }}
    />
  )
}

const tones = { pending: 'warn', approved: 'good', rejected: 'bad', withdrawn: 'still', overtaken: 'still' } as const

export function State({ of }: { of: Approval }) {
  return <span className={`mark ${tones[of.state]}`}>{of.state_name}</span>
}
