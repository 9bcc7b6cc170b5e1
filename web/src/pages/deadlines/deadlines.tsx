import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { lazy } from 'react'
import { answer, api, type Schema } from '../../api/client'
import type { Column } from '../../list/listing'
import { ListPage, Opener, size, useChange } from '../../list/page'
import { deadlineStates, deadlinesOf } from '../../router'
import { moment, number } from '../../words/time'
import { useWords } from '../../words/words'

const Detail = lazy(() => import('./detail').then((m) => ({ default: m.DeadlineDetail })))

export type Deadline = Schema['DeadlineView']

/** Deadlines of open work: which are near or have passed, and who was told. */
export function Deadlines() {
  const { t, lang } = useWords()
  const { deadline: open, ...asked } = useSearch({ from: '/inside/deadlines' })
  const change = useChange()
  const list = useQuery({
    queryKey: ['deadlines', asked],
    queryFn: async () => {
      const query = { ...asked, of: asked.of ?? 'task', page: asked.page ?? 1, limit: size } as const
      const { deadlines, total } = await answer(api.GET('/v1/deadlines', { params: { query } }))
      return { rows: deadlines, total }
    },
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  })
  const columns: Column<Deadline>[] = [
    {
      key: 'what',
      title: t('web.deadlines.what'),
      render: (row) => (
        <Opener field="deadline" id={row.id}>
          {row.what.name}
        </Opener>
      ),
    },
    { key: 'institution', title: t('web.role.institution'), render: (row) => row.institution?.name ?? '—' },
    { key: 'due', title: t('web.deadlines.due'), sort: 'deadline', render: (row) => moment(lang, row.due_at) },
    { key: 'left', title: t('web.deadlines.state'), render: (row) => <State of={row} /> },
    { key: 'next', title: t('web.deadlines.next'), render: (row) => row.next?.text ?? '—' },
  ]
  return (
    <ListPage
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
          value: asked.state,
          options: deadlineStates.map((s) => ({ value: s, label: t(`web.deadlines.${s}`) })),
        },
      ]}
      columns={columns}
      query={list}
      search={asked}
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
