import { useMutation, useQuery } from '@tanstack/react-query'
import { Button, Input, Select } from 'antd'
import { type ReactNode, useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { keep } from '../../api/file'
import { taskKinds } from '../../router'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'

type Kind = Schema['TaskView']['kind']

/** Workbooks to be filled in. */
export function Downloads() {
  const { t, name } = useWords()
  const [kind, setKind] = useState<Kind | ''>('')
  const [due, setDue] = useState<'overdue' | 'week' | ''>('')
  const [group, setGroup] = useState('')
  const classes = useQuery({
    queryKey: ['classes', 'of', 'workbooks'],
    queryFn: () => answer(api.GET('/v1/classes', { params: { query: { limit: 200 } } })),
    staleTime: 60_000,
  })
  const ofClass = (id: string) => (
    <Choice
      id={id}
      label={t('web.workbooks.class')}
      value={group}
      onChange={setGroup}
      options={(classes.data?.classes ?? []).map((c) => ({ value: c.id, label: c.name }))}
    />
  )
  const [days, setDays] = useState({ from: '', to: '' })
  return (
    <section className="sheet stack">
      <h2>{t('web.workbooks.download')}</h2>
      <Download
        title={t('web.workbooks.tasks')}
        means={t('web.workbooks.tasks_means')}
        get={() =>
          api.GET('/v1/task-workbook', {
            params: { query: { ...(kind && { kind }), ...(due && { due }), ...(group && { class: group }) } },
            parseAs: 'blob',
          })
        }
      >
        <Choice
          id="book-kind"
          label={t('web.tasks.kind')}
          value={kind}
          onChange={setKind}
          options={taskKinds.map((k) => ({ value: k, label: name('task_kind', k) }))}
        />
        <Choice
          id="book-due"
          label={t('web.tasks.due')}
          value={due}
          onChange={setDue}
          options={[
            { value: 'overdue', label: t('web.tasks.overdue') },
            { value: 'week', label: t('web.tasks.week') },
          ]}
        />
        {ofClass('book-class')}
      </Download>
      <Download
        title={t('web.workbooks.sessions')}
        means={t('web.workbooks.sessions_means')}
        get={() =>
          api.GET('/v1/session-workbook', { params: { query: { ...(group && { class: group }) } }, parseAs: 'blob' })
        }
      >
        {ofClass('book-roster-class')}
      </Download>
      <Download
        title={t('web.workbooks.attendance')}
        means={t('web.workbooks.attendance_means')}
        get={() =>
          api.GET('/v1/attendance-workbook', {
            params: { query: { ...(days.from && { from: days.from }), ...(days.to && { to: days.to }) } },
            parseAs: 'blob',
          })
        }
      >
        {(['from', 'to'] as const).map((side) => (
          <div key={side} className="filter">
            <label htmlFor={`book-${side}`} className="quiet small">
              {t(`web.workbooks.${side}`)}
            </label>
            <Input
              id={`book-${side}`}
              type="date"
              value={days[side]}
              onChange={(e) => setDays({ ...days, [side]: e.target.value })}
            />
          </div>
        ))}
      </Download>
    </section>
  )
}

function Choice<T extends string>(props: {
  id: string
  label: string
  value: T | ''
  onChange: (value: T | '') => void
  options: { value: T; label: string }[]
}) {
  const { t } = useWords()
  return (
    <div className="filter">
      <label htmlFor={props.id} className="quiet small">
        {props.label}
      </label>
      <Select<T | ''>
        id={props.id}
        value={props.value}
        onChange={props.onChange}
        options={[{ value: '', label: t('web.list.all') }, ...props.options]}
        popupMatchSelectWidth={false}
      />
    </div>
  )
}

function Download(props: {
  title: string
  means: string
  get: () => Promise<{ data?: unknown; response: Response }>
  children?: ReactNode
}) {
  const { t } = useWords()
  const download = useMutation({ mutationFn: () => keep(props.get()) })
  return (
    <div className="stack close book-download">
      <h3>{props.title}</h3>
      <p className="small quiet">{props.means}</p>
      <div className="row">
        {props.children}
        <Button className="book-get" onClick={() => download.mutate()} loading={download.isPending}>
          {t('web.workbooks.get', { what: props.title })}
        </Button>
      </div>
      {download.error && <Trouble error={download.error} />}
    </div>
  )
}
