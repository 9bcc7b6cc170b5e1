import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { lazy } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import { useIntakeFields } from '../../list/deskfields'
import { both, condition } from '../../list/expression'
import type { Column } from '../../list/listing'
import { Opener, size, useChange } from '../../list/page'
import { ToolPage } from '../../list/toolpage'
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
  const { state, filter, sort = '-uploaded_at', page = 1 } = asked
  const whole = both(condition('state', state), filter)
  const list = useQuery({
    queryKey: ['intakes', { whole, sort, page }],
    queryFn: async () => {
      const query = { ...(whole ? { filter: whole } : {}), sort, page, limit: size }
      const { intakes, total } = await answer(api.GET('/v1/intakes', { params: { query } }))
      return { rows: intakes, total: total ?? intakes.length }
    },
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.rows.some((i) => i.state === 'running') ? 3_000 : false),
  })
  const columns: Column<Intake>[] = [
    {
      key: 'class',
      inFile: ['id', 'class'],
      title: t('web.intakes.class'),
      render: (row) => (
        <Opener field="intake" id={row.id}>
          {row.class.name}
        </Opener>
      ),
    },
    {
      key: 'by',
      inFile: ['list_of'],
      title: t('web.intakes.by'),
      render: (row) => row.employer?.name ?? row.institution?.name ?? '',
    },
    {
      key: 'at',
      inFile: ['uploaded', 'started', 'ended'],
      title: t('web.intakes.at'),
      sort: 'uploaded_at',
      render: (row) => moment(lang, row.uploaded_at),
    },
    { key: 'rows', inFile: ['rows', 'rows_ready'], title: t('web.intakes.rows'), render: (row) => row.totals.rows },
    {
      key: 'registered',
      inFile: ['rows_registered', 'rows_already'],
      title: name('intake_row', 'registered'),
      render: (row) => row.totals.registered + row.totals.already,
    },
    {
      key: 'refused',
      inFile: ['rows_refused'],
      title: name('intake_row', 'refused'),
      render: (row) => row.totals.refused,
    },
    { key: 'state', inFile: ['state', 'mode'], title: t('web.accounts.state'), render: (row) => <State of={row} /> },
  ]
  return (
    <ToolPage
      list="intakes"
      heading={t('web.intakes.title')}
      lead={account.role === 'operator' ? t('web.intakes.lead_operator') : t('web.intakes.lead')}
      filters={[
        {
          name: 'state',
          label: t('web.accounts.state'),
          value: state,
          options: intakeStates.map((s) => ({ value: s, label: name('intake_state', s) })),
        },
      ]}
      fields={useIntakeFields(account.role)}
      columns={columns}
      query={list}
      search={asked}
      whole={whole}
      standing="-uploaded_at"
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
