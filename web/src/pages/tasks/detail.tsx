import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import type { Schema } from '../../api/client'
import { Arrived } from '../../shell/arrived'
import { Aside } from '../../shell/aside'
import { Waiting } from '../../shell/waiting'
import { moment, number } from '../../words/time'
import { useWords } from '../../words/words'
import { Due, TaskState } from './marks'
import { taskQuery } from './queries'

const Answering = lazy(() => import('./answering').then((m) => ({ default: m.Answering })))

const Evidence = lazy(() => import('../../shell/evidence').then((m) => ({ default: m.Evidence })))
const OfficeNotes = lazy(() => import('./officenotes').then((m) => ({ default: m.OfficeNotes })))

type Task = Schema['TaskOutputBody']

/** One task: whom it is about, and what is asked. That somebody looked is written down by the server. */
export function TaskDetail({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useWords()
  const task = useQuery(taskQuery(id))
  return (
    <Aside onClose={onClose} title={task.data?.kind_name ?? t('web.tasks.one')}>
      <Arrived of={task}>{(data) => <Asked task={data} />}</Arrived>
    </Aside>
  )
}

function Asked({ task }: { task: Task }) {
  const { t, lang } = useWords()
  const { details } = task
  const hours = (n: number) => t('web.case.ce_count', { hours: number(lang, n) })
  return (
    <div className="stack">
      <section className="stack close">
        <h2>{t('web.tasks.trainee')}</h2>
        <dl className="facts">
          <dt>{t('web.tasks.name')}</dt>
          <dd>{task.trainee.name}</dd>
          <dt>{t('web.tasks.id_number')}</dt>
          <dd>{task.trainee.id_number_masked}</dd>
        </dl>
        <p className="small quiet">{t('web.tasks.read_is_noted')}</p>
      </section>
      <section className="stack close">
        <h2>{t('web.tasks.asked')}</h2>
        <dl className="facts">
          <dt>{t('web.tasks.state')}</dt>
          <dd>
            <TaskState task={task} />
          </dd>
          <dt>{t('web.tasks.occupation')}</dt>
          <dd>{[task.occupation.name, task.direction, task.level.name].filter(Boolean).join(' · ')}</dd>
          <dt>{t('web.tasks.attempt')}</dt>
          <dd>{t('web.tasks.attempt_n', { n: task.attempt })}</dd>
          <dt>{t('web.tasks.issued')}</dt>
          <dd>{moment(lang, task.issued_at)}</dd>
          <dt>{t('web.tasks.due')}</dt>
          <dd>
            <Due task={task} />
          </dd>
          {task.sitting && (
            <>
              <dt>{t('web.sittings.one')}</dt>
              <dd>
                {moment(lang, task.sitting.starts_at)} · {task.sitting.venue}
                {!task.sitting.agreed && <div className="quiet small">{t('web.sittings.unagreed')}</div>}
              </dd>
            </>
          )}
          {task.closed_at && (
            <>
              <dt>{t('web.tasks.closed')}</dt>
              <dd>{moment(lang, task.closed_at)}</dd>
            </>
          )}
          {details.required_hours !== undefined && (
            <>
              <dt>{t('web.tasks.required_hours')}</dt>
              <dd>{hours(details.required_hours)}</dd>
            </>
          )}
          {details.recorded_hours !== undefined && (
            <>
              <dt>{t('web.tasks.recorded_hours')}</dt>
              <dd>{hours(details.recorded_hours)}</dd>
            </>
          )}
          {details.missing_offline_hours !== undefined && (
            <>
              <dt>{t('web.tasks.missing_offline')}</dt>
              <dd>{hours(details.missing_offline_hours)}</dd>
            </>
          )}
          {details.pass_mark !== undefined && (
            <>
              <dt>{t('web.tasks.pass_mark')}</dt>
              <dd>{number(lang, details.pass_mark)}</dd>
            </>
          )}
          {details.earliest_session && (
            <>
              <dt>{t('web.tasks.earliest')}</dt>
              <dd>{details.earliest_session}</dd>
            </>
          )}
          <Modules title={t('web.tasks.modules')} modules={details.modules} />
          <Modules title={t('web.tasks.missing_modules')} modules={details.missing_modules} />
        </dl>
      </section>
      <Suspense fallback={<Waiting rows={3} />}>
        <Answering key={task.id} task={task} />
      </Suspense>
      <Suspense>
        <OfficeNotes task={task.id} />
      </Suspense>
      <Suspense fallback={<Waiting rows={3} />}>
        <Evidence about="task" id={task.id} kinds={['score_sheet', 'attendance_sheet', 'other']} />
      </Suspense>
    </div>
  )
}

function Modules({ title, modules }: { title: string; modules: string[] | undefined }) {
  if (!modules?.length) return null
  return (
    <>
      <dt>{title}</dt>
      <dd>
        <ul className="plain">
          {modules.map((m) => (
            <li key={m}>{m}</li>
          ))}
        </ul>
      </dd>
    </>
  )
}
