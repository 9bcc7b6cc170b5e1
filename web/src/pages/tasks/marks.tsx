import type { Schema } from '../../api/client'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

type Task = Schema['TaskView']

const tones: Record<Task['state'], string> = { open: 'now', answered: 'good', rejected: 'bad', cancelled: 'still' }

export function TaskState({ task }: { task: Task }) {
  const { name } = useWords()
  return <span className={`mark ${tones[task.state]}`}>{name('task_state', task.state)}</span>
}

/** Until when a task is to be answered, and whether that is past. */
export function Due({ task }: { task: Task }) {
  const { t, lang } = useWords()
  const late = task.state === 'open' && new Date(task.due_at).getTime() < Date.now()
  return (
    <span className="row">
      <span className="nowrap">{moment(lang, task.due_at)}</span>
      {late && <span className="mark bad">{t('web.tasks.overdue')}</span>}
    </span>
  )
}
