import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { lazy } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import { useRequestFields } from '../../list/deskfields'
import { both, condition } from '../../list/expression'
import { steadily } from '../../list/held'
import type { Column } from '../../list/listing'
import { Opener, size, useChange } from '../../list/page'
import { ToolPage } from '../../list/toolpage'
import { requestKinds, requestStates } from '../../router'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { RequestState } from './state'

const Sheet = lazy(() => import('./detail').then((m) => ({ default: m.RequestSheet })))

type Row = Schema['PetitionView']

/** What trainees ask for: what is put to the institution, or what the operator's bureau answers. */
export function Requests() {
  const { t, name, lang } = useWords()
  const { account } = useSession()
  const { request: open, ...asked } = useSearch({ from: '/inside/requests' })
  const change = useChange()
  const { kind, state, overdue, filter, sort = '-asked_at', page = 1 } = asked
  const whole = both(condition('kind', kind), condition('state', state), condition('overdue', overdue), filter)
  const list = useQuery({
    queryKey: ['requests', { whole, sort, page }],
    queryFn: async () => {
      const query = { ...(whole ? { filter: whole } : {}), sort, page, limit: size }
      const { petitions, total } = await answer(api.GET('/v1/petitions', { params: { query } }))
      return { rows: petitions, total: total ?? 0 }
    },
    placeholderData: keepPreviousData,
    refetchInterval: steadily(15_000),
  })
  const columns: Column<Row>[] = [
    {
      key: 'kind',
      inFile: ['id', 'petition', 'topic', 'case_id'],
      title: t('web.requests.kind'),
      render: (row) => (
        <Opener field="request" id={row.id}>
          {[row.kind.name, row.topic?.name].filter(Boolean).join(' · ')}
        </Opener>
      ),
    },
    ...(account.role === 'operator'
      ? [{ key: 'institution', title: t('web.role.institution'), render: (row: Row) => row.institution.name }]
      : []),
    {
      key: 'mark',
      inFile: [],
      title: t('web.requests.mark'),
      render: (row) =>
        row.mark ? `${row.mark.part.name} · ${t('web.tasks.attempt_n', { n: row.mark.attempt })}` : '—',
    },
    {
      key: 'asked',
      title: t('web.requests.asked_at'),
      sort: 'asked_at',
      render: (row) => moment(lang, row.asked_at),
    },
    { key: 'state', title: t('web.requests.state'), render: (row) => <RequestState of={row} /> },
    { key: 'by', inFile: ['handler'], title: t('web.requests.handled_by'), render: (row) => row.handled_by.name },
    { key: 'due', title: t('web.requests.due'), sort: 'due_at', render: (row) => moment(lang, row.due_at) },
    {
      key: 'answered',
      inFile: ['answered', 'answer_outcome'],
      title: t('web.fields.answered'),
      spare: true,
      render: (row) => (row.answered_at ? moment(lang, row.answered_at) : '—'),
    },
  ]
  return (
    <ToolPage
      list="petitions"
      heading={t('web.requests.title')}
      lead={t('web.requests.lead')}
      filters={[
        {
          name: 'kind',
          label: t('web.requests.kind'),
          value: kind,
          options: requestKinds.map((k) => ({ value: k, label: name('petition_kind', k) })),
        },
        {
          name: 'state',
          label: t('web.requests.state'),
          value: state,
          options: requestStates.map((s) => ({ value: s, label: name('petition_state', s) })),
        },
        {
          name: 'overdue',
          label: t('web.requests.due'),
          value: overdue,
          options: [{ value: 'yes', label: t('web.requests.overdue') }],
        },
      ]}
      fields={useRequestFields()}
      columns={columns}
      query={list}
      search={asked}
      whole={whole}
      verbs={[{ id: 'act', name: t('web.cases.act'), key: 'r', run: ([row]) => change({ request: row?.id }) }]}
      standing="-asked_at"
      open={open}
      detail={(id) => <Sheet id={id} onClose={() => change({ request: undefined })} />}
      none={{ title: t('web.requests.none'), advice: t('web.requests.none_advice') }}
    />
  )
}
