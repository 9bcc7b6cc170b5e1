import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { lazy } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import type { Column } from '../../list/listing'
import { ListPage, Opener, size, useChange } from '../../list/page'
import { intakeStates } from '../../router'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

const Detail = lazy(() => import('./detail').then((m) => ({ default: m.IntakeDetail })))

export type Intake = Schema['IntakeView']

/** Workbooks of people who are registered for classes, and how far they are. */
export function Intakes() {
  const { t, lang, name } = useWords()
  const { account } = useSession()
  const { intake: open, rows: _, row_page: __, ...asked } = useSearch({ from: '/inside/intakes' })
  const change = useChange()
  const list = useQuery({
    queryKey: ['intakes', asked],
    queryFn: async () => {
      const query = { ...asked, page: asked.page ?? 1, limit: size }
      const { intakes, total } = await answer(api.GET('/v1/intakes', { params: { query } }))
      return { rows: intakes, total: total ?? intakes.length }
    },
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.rows.some((i) => i.state === 'running') ? 3_000 : false),
  })
  const columns: Column<Intake>[] = [
    {
      key: 'class',
      title: t('web.intakes.class'),
      render: (row) => (
        <Opener field="intake" id={row.id}>
          {row.class.name}
        </Opener>
      ),
    },
    { key: 'by', title: t('web.intakes.by'), render: (row) => row.employer?.name ?? row.institution?.name ?? '' },
    { key: 'at', title: t('web.intakes.at'), render: (row) => moment(lang, row.uploaded_at) },
    { key: 'rows', title: t('web.intakes.rows'), render: (row) => row.totals.rows },
    {
      key: 'registered',
      title: name('intake_row', 'registered'),
      render: (row) => row.totals.registered + row.totals.already,
    },
    { key: 'refused', title: name('intake_row', 'refused'), render: (row) => row.totals.refused },
    { key: 'state', title: t('web.accounts.state'), render: (row) => <State of={row} /> },
  ]
  return (
    <ListPage
      heading={t('web.intakes.title')}
      lead={account.role === 'operator' ? t('web.intakes.lead_operator') : t('web.intakes.lead')}
      filters={[
        {
          name: 'state',
          label: t('web.accounts.state'),
          value: asked.state,
          options: intakeStates.map((s) => ({ value: s, label: name('intake_state', s) })),
        },
      ]}
      columns={columns}
      query={list}
      search={asked}
      standing=""
      open={open}
      detail={(id) => (
        <Detail
          key={id}
          id={id}
          named={account.role !== 'operator'}
          onClose={() => change({ intake: undefined, rows: undefined, row_page: undefined })}
        />
      )}
      none={{ title: t('web.intakes.none'), advice: t('web.intakes.none_advice') }}
    />
  )
}

const tones = { checked: 'still', running: 'now', paused: 'warn', done: 'good', stopped: 'bad' } as const

export function State({ of }: { of: Intake }) {
  return <span className={`mark ${tones[of.state]}`}>{of.state_name}</span>
}
