import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { lazy } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import type { Column } from '../../list/listing'
import { ListPage, Opener, size, useChange } from '../../list/page'
import { taskKinds, taskStates } from '../../router'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Due, TaskState } from './marks'

const Detail = lazy(() => import('./detail').then((m) => ({ default: m.TaskDetail })))

type Task = Schema['TaskView']

/** An institution's tasks. */
export function Tasks() {
  const { t, name, lang } = useWords()
  const { account } = useSession()
  const { task: open, ...asked } = useSearch({ from: '/inside/tasks' })
  const change = useChange()
  const list = useQuery({
    queryKey: ['tasks', asked],
    queryFn: async () => {
      const query = { ...asked, sort: asked.sort ?? '-issued_at', page: asked.page ?? 1, limit: size } as const
      const { tasks, total } = await answer(api.GET('/v1/tasks', { params: { query } }))
      return { rows: tasks, total: total ?? tasks.length }
    },
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  })
  const columns: Column<Task>[] = [
    {
      key: 'kind',
      title: t('web.tasks.kind'),
      render: (row) => (
        <Opener field="task" id={row.id}>
          {row.kind_name}
        </Opener>
      ),
    },
    {
      key: 'occupation',
      title: t('web.tasks.occupation'),
      render: (row) => (
        <>
          {row.occupation.name} · {row.level.name}
        </>
      ),
    },
    { key: 'attempt', title: t('web.tasks.attempt'), render: (row) => t('web.tasks.attempt_n', { n: row.attempt }) },
    { key: 'issued', title: t('web.tasks.issued'), sort: 'issued_at', render: (row) => moment(lang, row.issued_at) },
    { key: 'due', title: t('web.tasks.due'), sort: 'due_at', render: (row) => <Due task={row} /> },
    { key: 'state', title: t('web.tasks.state'), render: (row) => <TaskState task={row} /> },
  ]
  return (
    <ListPage
      heading={t('web.place.tasks')}
      lead={account.institution?.name}
      filters={[
        {
          name: 'state',
          label: t('web.tasks.state'),
          value: asked.state,
          options: taskStates.map((s) => ({ value: s, label: name('task_state', s) })),
        },
        {
          name: 'kind',
          label: t('web.tasks.kind'),
          value: asked.kind,
          options: taskKinds.map((k) => ({ value: k, label: name('task_kind', k) })),
        },
        {
          name: 'due',
          label: t('web.tasks.due'),
          value: asked.due,
          options: [
            { value: 'overdue', label: t('web.tasks.overdue') },
            { value: 'week', label: t('web.tasks.week') },
          ],
        },
      ]}
      columns={columns}
      query={list}
      search={asked}
      standing="-issued_at"
      open={open}
      detail={(id) => <Detail id={id} onClose={() => change({ task: undefined })} />}
      none={{ title: t('web.tasks.none'), advice: t('web.tasks.none_advice') }}
    />
  )
}
