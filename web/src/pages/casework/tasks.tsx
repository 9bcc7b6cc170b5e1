import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Coming } from '../../shell/arrived'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { tasksQuery } from './queries'

const tones = { open: 'now', answered: 'good', rejected: 'bad', cancelled: 'still' } as const

/** What institutions were asked for, the newest first, and how they were told. */
export function Tasks({ id }: { id: string }) {
  const { t, name, lang } = useWords()
  const tasks = useQuery(tasksQuery(id))
  if (!tasks.data) return <Coming of={tasks} />
  const rows = tasks.data.tasks
  return (
    <section className="sheet stack close" aria-label={t('web.casework.section.tasks')}>
      {rows.length === 0 && <p className="quiet">{t('web.casework.tasks_none')}</p>}
      <ul className="plain lines">
        {rows.map((task) => (
          <li key={task.id} className="stack close tight">
            <div className="row apart">
              <strong>
                {task.kind_name} <span className="quiet small">{t('web.case.attempt', { n: task.attempt })}</span>
              </strong>
              <span className={`mark ${tones[task.state]}`}>{name('task_state', task.state)}</span>
            </div>
            <span className="quiet small">
              {t('web.casework.task_times', { issued: moment(lang, task.issued_at), due: moment(lang, task.due_at) })}
              {task.closed_at && ` · ${t('web.casework.task_closed', { at: moment(lang, task.closed_at) })}`}
            </span>
            <span className="row small">
              <Link to="/deliveries" search={{ task: task.id }}>
                {t('web.casework.to_deliveries')}
              </Link>
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
