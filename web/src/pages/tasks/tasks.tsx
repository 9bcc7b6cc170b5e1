import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import { Filters } from '../../list/filters'
import { type Column, Listing } from '../../list/listing'
import { taskKinds, taskStates } from '../../router'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Due, TaskState } from './marks'

const Detail = lazy(() => import('./detail').then((m) => ({ default: m.TaskDetail })))

type Task = Schema['TaskView']

const size = 20

/** An institution's tasks. */
export function Tasks() {
  const { t, name, lang } = useWords()
  const { account } = useSession()
  const search = useSearch({ from: '/inside/tasks' })
  const navigate = useNavigate({ from: '/tasks' })
  const { task: open, ...asked } = search
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
  const change = (c: Record<string, string | number | undefined>) =>
    void navigate({ search: (before) => ({ ...before, ...c }) as typeof before })
  const columns: Column<Task>[] = [
    {
      key: 'kind',
      title: t('web.tasks.kind'),
      render: (row) => (
        <Link from="/tasks" to="." search={(before) => ({ ...before, task: row.id })} className="opener">
          {row.kind_name}
        </Link>
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
  const filtered = Boolean(asked.state ?? asked.kind ?? asked.due)
  return (
    <>
      <header className="head stack close">
        <h1>{t('web.place.tasks')}</h1>
        <p className="quiet">{account.institution?.name}</p>
      </header>
      <Filters
        onChange={change}
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
      />
      <Listing
        name={t('web.place.tasks')}
        columns={columns}
        rowKey={(row) => row.id}
        query={list}
        size={size}
        page={asked.page}
        sort={asked.sort}
        standing="-issued_at"
        onChange={change}
        open={open}
        empty={
          filtered
            ? { title: t('web.list.none_fit'), advice: t('web.list.none_fit_advice') }
            : { title: t('web.tasks.none'), advice: t('web.tasks.none_advice') }
        }
      />
      {open && (
        <Suspense>
          <Detail id={open} onClose={() => change({ task: undefined })} />
        </Suspense>
      )}
    </>
  )
}
