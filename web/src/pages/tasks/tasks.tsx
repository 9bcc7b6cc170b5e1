import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Button, Checkbox } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import type { Column } from '../../list/listing'
import { ListPage, Opener, size, useChange } from '../../list/page'
import { taskKinds, taskStates } from '../../router'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { classesQuery } from '../sessions/queries'
import { Due, TaskState } from './marks'

const Many = lazy(() => import('./many').then((m) => ({ default: m.Many })))
const Detail = lazy(() => import('./detail').then((m) => ({ default: m.TaskDetail })))

type Task = Schema['TaskView']

/** How many results are entered at once, at most. */
const most = 100

/** An institution's tasks. */
export function Tasks() {
  const { t, name, lang } = useWords()
  const { account } = useSession()
  const { task: open, ...asked } = useSearch({ from: '/inside/tasks' })
  const change = useChange()
  const classes = useQuery(classesQuery)
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
  // Tasks of one kind can be answered together. The ticks stay while other pages of the list are looked at.
  const [ticked, setTicked] = useState<Task[]>([])
  const [answering, setAnswering] = useState(false)
  const kind = ticked[0]?.kind
  const fits = (row: Task) => row.state === 'open' && (!kind || row.kind === kind)
  const isTicked = (row: Task) => ticked.some((other) => other.id === row.id)
  const others = (list.data?.rows ?? []).filter((row) => fits(row) && !isTicked(row))
  const tick = (rows: Task[]) => setTicked((before) => [...before, ...rows].slice(0, most))
  const columns: Column<Task>[] = [
    {
      key: 'kind',
      title: t('web.tasks.kind'),
      render: (row) => (
        <span className="ticked">
          <Checkbox
            aria-label={t('web.many.tick', { kind: row.kind_name, n: row.attempt, occupation: row.occupation.name })}
            checked={isTicked(row)}
            disabled={!isTicked(row) && (!fits(row) || ticked.length >= most)}
            onChange={(e) =>
              e.target.checked ? tick([row]) : setTicked(ticked.filter((other) => other.id !== row.id))
            }
          />
          <Opener field="task" id={row.id}>
            {row.kind_name}
          </Opener>
        </span>
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
  const picked = ticked[0] && (
    <div className="sheet picked row apart" role="status">
      <span>{t('web.many.ticked', { n: ticked.length, kind: ticked[0].kind_name })}</span>
      <span className="row">
        {others.length > 0 && <Button onClick={() => tick(others)}>{t('web.many.all')}</Button>}
        <Button onClick={() => setTicked([])}>{t('web.many.none')}</Button>
        <Button type="primary" onClick={() => setAnswering(true)}>
          {t('web.many.enter')}
        </Button>
      </span>
      {answering && (
        <Suspense>
          <Many
            tasks={ticked}
            onClose={() => {
              setAnswering(false)
              setTicked([])
            }}
          />
        </Suspense>
      )}
    </div>
  )
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
        ...(classes.data?.length || asked.class
          ? [
              {
                name: 'class',
                label: t('web.classes.one'),
                value: asked.class,
                options: (classes.data ?? []).map((c) => ({ value: c.id, label: c.name })),
              },
            ]
          : []),
      ]}
      below={picked}
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
