// What an institution answers a task with: as it is written into a form, and as the interface takes it.

import type { Schema } from '../../api/client'

export type Kind = Schema['TaskView']['kind']
export type Result = Schema['EnrolmentBody'] | Schema['TrainingBody'] | Schema['CertifyingBody']
export type Rejection = Schema['RejectionBody']

/** What is written. A score is text until it is checked: nobody's 101 becomes 100, and no third decimal is rounded. */
export interface Given {
  accepted_on?: string
  completed_modules?: string[]
  score?: string
  absent?: boolean
  held_on?: string
  certificate_number?: string
  certificate_issued_on?: string
  certificate_file?: string
}

export const isMark = (kind: Kind) => kind === 'exam' || kind === 'theory' || kind === 'practical'

/** Whether a passing result of this kind leads to a certificate, which the institution may have numbered itself. */
export const certifies = (kind: Kind) => kind === 'exam' || kind === 'practical'

/** A score, as people write numbers; undefined when it is none of 0 to 100 with at most two decimals. */
export function scoreOf(written: string): number | undefined {
  const text = written.normalize('NFKC').trim()
  if (!/^\d{1,3}(\.\d{1,2})?$/.test(text)) return undefined
  const score = Number(text)
  return score <= 100 ? score : undefined
}

/** What is sent for what is written, once that is complete. */
export function resultOf(kind: Kind, given: Given): Result {
  if (kind === 'enrolment') return { accepted_on: given.accepted_on ?? '' }
  if (kind === 'training') return { completed_modules: given.completed_modules ?? [] }
  const held_on = given.held_on ?? ''
  if (given.absent) return { absent: true, held_on }
  const score = scoreOf(given.score ?? '')
  const number = certifies(kind) ? given.certificate_number?.trim() : undefined
  const { certificate_issued_on, certificate_file } = given
  const own = {
    certificate_number: number ?? '',
    ...(certificate_issued_on ? { certificate_issued_on } : {}),
    ...(certificate_file ? { certificate_file } : {}),
  }
  return { ...(score === undefined ? {} : { score }), held_on, ...(number ? own : {}) }
}

/** Sheets are filled in column by column: pieces of a pasted column, without the end that a spreadsheet adds. */
export function columnOf(pasted: string): string[] {
  return pasted
    .replace(/\r/g, '')
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => line.split('\t')[0]?.trim() ?? '')
}
