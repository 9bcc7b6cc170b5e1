import { useQueries, useQueryClient } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useId, useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { Aside } from '../../shell/aside'
import { Trouble } from '../../shell/notes'
import { Waiting } from '../../shell/waiting'
import { useWords } from '../../words/words'
import { Line } from './line'
import { taskQuery } from './queries'
import { columnOf, isMark, resultOf } from './result'
import { blank, given, has, type Row, sound, written } from './rows'
import './many.css'

type Task = Schema['TaskOutputBody']

/** The results of many tasks of one kind, line by line. What was refused stays to be mended; sending again is safe. */
export function Many({ tasks, onClose }: { tasks: Schema['TaskView'][]; onClose: () => void }) {
  const { t } = useWords()
  const read = useQueries({ queries: tasks.map((task) => taskQuery(task.id)) })
  const failed = read.find((q) => q.error && !q.data)
  const all = read.map((q) => q.data).filter((task) => task !== undefined)
  return (
    <Aside broad onClose={onClose} title={t('web.many.title', { kind: tasks[0]?.kind_name ?? '', n: tasks.length })}>
      {failed ? (
        <Trouble error={failed.error} again={() => void failed.refetch()} />
      ) : all.length === tasks.length && all[0] ? (
        <Sheet tasks={all} kind={all[0].kind} today={all[0].details.today} onClose={onClose} />
      ) : (
        <Waiting />
      )}
    </Aside>
  )
}

interface Props {
  tasks: Task[]
  kind: Task['kind']
  today: string
  onClose: () => void
}

function Sheet({ tasks, kind, today, onClose }: Props) {
  const { t } = useWords()
  const id = useId()
  const queries = useQueryClient()
  const [day, setDay] = useState(today)
  const [rows, setRows] = useState<Record<string, Row>>({})
  const [step, setStep] = useState<'writing' | 'checking' | 'sending'>('writing')
  const [tried, setTried] = useState(false)
  const row = (task: Task) => rows[task.id] ?? blank
  const change = (taskId: string, next: Partial<Row>) =>
    setRows((before) => ({ ...before, [taskId]: { ...blank, ...before[taskId], ...next } }))

  const left = tasks.filter((task) => !has(row(task)))
  const toSend = left.filter((task) => written(kind, row(task)))
  const taken = tasks.length - left.length
  const refused = left.filter((task) => row(task).fate).length

  /** A pasted column fills the rows below the one it is pasted into. */
  const paste = (from: Task, text: string) => {
    const column = columnOf(text)
    if (column.length < 2) return false
    left.slice(left.indexOf(from)).forEach((task, i) => {
      const score = column[i]
      if (score !== undefined) change(task.id, { score, absent: false, fate: undefined })
    })
    return true
  }
  const check = () => {
    setTried(true)
    if (day && toSend.length > 0 && toSend.every((task) => sound(kind, row(task)))) setStep('checking')
  }
  const send = async () => {
    setStep('sending')
    const waiting = [...toSend]
    const sender = async () => {
      for (let task = waiting.shift(); task; task = waiting.shift()) {
        change(task.id, { fate: 'sending' })
        const body = resultOf(kind, given(task, row(task), day))
        const fate = await answer(api.POST('/v1/tasks/{id}/result', { params: { path: { id: task.id } }, body })).catch(
          (error: unknown) => ({ error }),
        )
        change(task.id, { fate })
      }
    }
    await Promise.all([sender(), sender(), sender()])
    setTried(false)
    setStep('writing')
    void queries.invalidateQueries({ queryKey: ['tasks'] })
    for (const task of toSend) void queries.invalidateQueries({ queryKey: ['task', task.id] })
  }
  const still = step !== 'writing'
  const absent = toSend.filter((task) => row(task).absent).length
  return (
    <div className="stack">
      {(taken > 0 || refused > 0) && step !== 'sending' && (
        <p className={`alert ${refused ? 'warn' : 'good'}`} role="status">
          {t('web.many.done', { taken, refused })}
        </p>
      )}
      {left.length > 0 && (
        <div className="stack close">
          <label htmlFor={id}>{t(kind === 'enrolment' ? 'web.answer.accepted_on' : 'web.answer.held_on')}</label>
          {kind === 'training' ? (
            <p>{t('web.many.all_complete')}</p>
          ) : (
            <Input
              id={id}
              type="date"
              className="short"
              value={day}
              max={today}
              disabled={still}
              onChange={(e) => setDay(e.target.value)}
            />
          )}
          {isMark(kind) && <p className="small quiet">{t('web.many.paste')}</p>}
        </div>
      )}
      <ul className="plain lines many">
        {tasks.map((task) => (
          <Line
            key={task.id}
            task={task}
            row={row(task)}
            still={still || has(row(task))}
            tried={tried}
            onChange={(next) => change(task.id, { ...next, fate: undefined })}
            onPaste={(text) => paste(task, text)}
          />
        ))}
      </ul>
      {step === 'checking' ? (
        <div className="alert warn stack close">
          <h3>{t('web.answer.checking')}</h3>
          <p>
            {t(isMark(kind) ? 'web.many.check_marks' : 'web.many.check', {
              n: toSend.length,
              scores: toSend.length - absent,
              absent,
              day,
              left: left.length - toSend.length,
            })}
          </p>
          <div className="row">
            <Button type="primary" onClick={() => void send()}>
              {t('web.answer.send')}
            </Button>
            <Button onClick={() => setStep('writing')}>{t('web.answer.back')}</Button>
          </div>
        </div>
      ) : left.length > 0 ? (
        <div className="row">
          <Button type="primary" disabled={step === 'sending'} onClick={check}>
            {t('web.answer.check')}
          </Button>
          {tried && toSend.length === 0 && <span role="alert">{t('web.many.nothing')}</span>}
        </div>
      ) : (
        <div>
          <Button type="primary" onClick={onClose}>
            {t('web.frame.close')}
          </Button>
        </div>
      )}
    </div>
  )
}
