import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { lazy } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useDeadlineFields } from '../../list/deskfields'
import { both, condition } from '../../list/expression'
import { steadily } from '../../list/held'
import type { Column } from '../../list/listing'
import { Opener, size, useChange } from '../../list/page'
import { ToolPage } from '../../list/toolpage'
import { deadlineStates, deadlinesOf } from '../../router'
import { moment, number } from '../../words/time'
import { useWords } from '../../words/words'
import { useClaiming } from '../cases/claiming'

const Detail = lazy(() => import('./detail').then((m) => ({ default: m.DeadlineDetail })))

export type Deadline = Schema['DeadlineView']

/** Deadlines of open work: which are near or have passed, and who was told. */
export function Deadlines() {
  const { t, lang } = useWords()
  const { deadline: open, ...asked } = useSearch({ from: '/inside/deadlines' })
  const change = useChange()
  const { of = 'task', state, filter, sort = 'deadline', page = 1 } = asked
  const whole = both(condition('state', state), filter)
  const list = useQuery({
    queryKey: ['deadlines', { of, whole, sort, page }],
    queryFn: async () => {
      const query = { of, ...(whole ? { filter: whole } : {}), sort, page, limit: size } as const
      const { deadlines, total, total_is_least } = await answer(api.GET('/v1/deadlines', { params: { query } }))
      return { rows: deadlines, total, least: total_is_least }
    },
    placeholderData: keepPreviousData,
    refetchInterval: steadily(30_000),
  })
  const { verbs, said } = useClaiming<Deadline>((row) => row.case_id)
  const columns: Column<Deadline>[] = [
    {
      key: 'what',
      title: t('web.deadlines.what'),
      inFile: ['id', 'case_id', 'what'],
      render: (row) => (
        <Opener field="deadline" id={row.id}>
          {row.what.name}
        </Opener>
      ),
    },
    { key: 'institution', title: t('web.role.institution'), render: (row) => row.institution?.name ?? '—' },
    { key: 'due', title: t('web.deadlines.due'), sort: 'deadline', render: (row) => moment(lang, row.due_at) },
    {
      key: 'left',
      title: t('web.deadlines.state'),
      inFile: ['state', 'working_days'],
      render: (row) => <State of={row} />,
    },
    { key: 'next', title: t('web.deadlines.next'), render: (row) => row.next?.text ?? '—' },
    { key: 'told', title: t('web.fields.told'), spare: true, render: (row) => row.told.at(-1)?.text ?? '—' },
    { key: 'given', title: t('web.fields.given'), spare: true, render: (row) => moment(lang, row.given_at) },
  ]
  return (
    <ToolPage
      list="deadlines"
      file={`${of}_deadlines`}
      heading={t('web.deadlines.title')}
      lead={t('web.deadlines.lead')}
      filters={[
        {
          name: 'of',
          label: t('web.deadlines.of'),
          // Tasks are what is shown unless something else is asked for: the address may say so, too.
          value: asked.of === 'task' ? undefined : asked.of,
          standing: t('web.deadlines.of_task'),
          options: deadlinesOf
            .filter((of) => of !== 'task')
            .map((of) => ({ value: of, label: t(`web.deadlines.of_${of}`) })),
        },
        {
          name: 'state',
          label: t('web.deadlines.state'),
          value: state,
          options: deadlineStates.map((s) => ({ value: s, label: t(`web.deadlines.${s}`) })),
        },
      ]}
      fields={useDeadlineFields()}
      columns={columns}
      query={list}
      search={asked}
      whole={whole}
      call={(row) => `${row.what.name} ${row.institution?.name ?? ''}`}
      verbs={verbs}
      said={said}
      standing="deadline"
      open={open}
      detail={(id) => {
        const opened = list.data?.rows.find((row) => row.id === id)
        return opened && <Detail of={opened} onClose={() => change({ deadline: undefined })} />
      }}
      none={{ title: t('web.deadlines.none'), advice: t('web.deadlines.none_advice') }}
    />
  )
}

const tones = { ahead: 'good', near: 'warn', passed: 'bad' } as const

export function State({ of }: { of: Deadline }) {
  const { t, lang } = useWords()
  const days = of.working_days
  const n = number(lang, Math.abs(days))
  const words =
    days > 0 ? t('web.deadlines.left', { n }) : days < 0 ? t('web.deadlines.since', { n }) : t('web.deadlines.today')
  return <span className={`mark ${tones[of.state]}`}>{words}</span>
}
