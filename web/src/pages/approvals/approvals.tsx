import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { lazy } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useApprovalFields } from '../../list/deskfields'
import { both, condition } from '../../list/expression'
import { me } from '../../list/fields'
import { steadily } from '../../list/held'
import type { Column } from '../../list/listing'
import { Opener, size, useChange } from '../../list/page'
import { ToolPage } from '../../list/toolpage'
import { approvalStates, approvalsOf } from '../../router'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

const Detail = lazy(() => import('./detail').then((m) => ({ default: m.ApprovalDetail })))

export type Approval = Schema['ApprovalView']

/** What one operator asked for and another decides on. */
export function Approvals() {
  const { t, lang } = useWords()
  const { approval: open, ...asked } = useSearch({ from: '/inside/approvals' })
  const change = useChange()
  const { state, whose, filter, sort = '-requested_at', page = 1 } = asked
  // What was decided is shown to who asks for it.
  const whole = both(
    condition('state', state ?? (/\bstate:/.test(filter ?? '') ? undefined : 'pending')),
    whose && `${whose === 'others' ? '-' : ''}${condition('by', me)}`,
    filter,
  )
  const list = useQuery({
    queryKey: ['approvals', { whole, sort, page }],
    queryFn: async () => {
      const query = { ...(whole ? { filter: whole } : {}), sort, page, limit: size }
      const { approvals, total } = await answer(api.GET('/v1/approvals', { params: { query } }))
      return { rows: approvals, total: total ?? approvals.length }
    },
    placeholderData: keepPreviousData,
    refetchInterval: steadily(10_000),
  })
  const columns: Column<Approval>[] = [
    {
      key: 'verb',
      title: t('web.approvals.what'),
      inFile: ['id', 'verb', 'case_id', 'reason', 'legal_basis'],
      render: (row) => (
        <Opener field="approval" id={row.id}>
          {row.verb.name}
        </Opener>
      ),
    },
    {
      key: 'about',
      title: t('web.approvals.about'),
      inFile: ['cause', 'stage'],
      render: (row) => row.incident?.cause.name ?? row.stage?.name ?? '—',
    },
    { key: 'by', title: t('web.approvals.by'), render: (row) => (row.mine ? t('web.approvals.me') : row.by.label) },
    {
      key: 'at',
      title: t('web.approvals.at'),
      inFile: ['requested'],
      sort: 'requested_at',
      render: (row) => moment(lang, row.requested_at),
    },
    { key: 'state', title: t('web.accounts.state'), render: (row) => <State of={row} /> },
    {
      key: 'decided',
      title: t('web.fields.decided'),
      spare: true,
      inFile: ['decided_by', 'decided', 'decision_reason'],
      render: (row) => (row.decided_at ? moment(lang, row.decided_at) : '—'),
    },
  ]
  return (
    <ToolPage
      list="approvals"
      heading={t('web.approvals.title')}
      lead={t('web.approvals.lead')}
      filters={[
        {
          name: 'state',
          label: t('web.accounts.state'),
          value: state,
          standing: t('web.approvals.pending'),
          options: approvalStates.map((s) => ({ value: s, label: t(`approval_state.${s}`) })),
        },
        {
          name: 'whose',
          label: t('web.approvals.whose'),
          value: whose,
          options: approvalsOf.map((w) => ({ value: w, label: t(`web.approvals.${w}`) })),
        },
      ]}
      fields={useApprovalFields()}
      columns={columns}
      query={list}
      search={asked}
      whole={whole}
      standing="-requested_at"
      verbs={[{ id: 'act', name: t('web.cases.act'), key: 'r', run: ([row]) => change({ approval: row?.id }) }]}
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
