// The results of many tasks of one kind while they are written and sent: one row for each.

import type { Schema } from '../../api/client'
import { certifies, type Given, isMark, type Kind, scoreOf } from './result'

export interface Row {
  score: string
  absent: boolean
  number: string
  /** What became of it, since it was last changed. */
  fate?: Fate | undefined
}

export type Fate = 'sending' | Schema['AnswerView'] | { error: unknown }

export const blank: Row = { score: '', absent: false, number: '' }

/** Whether the server has it: nothing more is to be done about it. */
export const has = (row: Row) => typeof row.fate === 'object' && 'task_id' in row.fate

/** Whether there is something to be sent. Only marks are written one by one; what else is asked is the same for all. */
export const written = (kind: Kind, row: Row) => !isMark(kind) || row.absent || row.score.trim() !== ''

/** Whether what is written can be a result. */
export const sound = (kind: Kind, row: Row) => !isMark(kind) || row.absent || scoreOf(row.score) !== undefined

/** One row's result, as it would be written alone. Modules are those that the task asks for: all are complete. */
export function given(task: Schema['TaskView'], row: Row, day: string): Given {
  if (task.kind === 'enrolment') return { accepted_on: day }
  if (task.kind === 'training') return { completed_modules: task.details.modules ?? [] }
  return {
    held_on: day,
    score: row.score,
    absent: row.absent,
    ...(certifies(task.kind) ? { certificate_number: row.number } : {}),
  }
}
