import type { Schema } from '../../api/client'
import { type Fact, Facts } from '../../shell/facts'
import { number } from '../../words/time'
import { useWords } from '../../words/words'
import type { Rejection, Result } from './result'

type Answer = { result: Result } | { rejection: Rejection }

/** An answer in words, as the record will have it. */
export function Recorded({ task, answer }: { task: Schema['TaskOutputBody']; answer: Answer }) {
  const { t, lang, name } = useWords()
  const lines: Fact[] = [
    [t('web.tasks.trainee'), `${task.trainee.name} ${task.trainee.id_number_masked}`],
    [t('web.tasks.kind'), `${task.kind_name} · ${t('web.tasks.attempt_n', { n: task.attempt })}`],
  ]
  if ('rejection' in answer) {
    lines.push([t('web.answer.reason_code'), name('rejection', answer.rejection.reason_code)])
    lines.push([t('web.answer.note'), answer.rejection.note])
  } else if ('accepted_on' in answer.result) {
    lines.push([t('web.answer.accepted_on'), answer.result.accepted_on])
  } else if ('completed_modules' in answer.result) {
    const done = answer.result.completed_modules
    lines.push([t('web.answer.completed_modules'), done.length ? done.join('、') : t('web.answer.no_modules')])
  } else {
    const { score, absent, held_on, certificate_number, certificate_issued_on, certificate_file } = answer.result
    lines.push([
      t('web.answer.score'),
      absent ? t('web.answer.absent') : score !== undefined ? number(lang, score) : '—',
    ])
    lines.push([t('web.answer.held_on'), held_on])
    lines.push([t('web.answer.certificate_number'), certificate_number])
    lines.push([t('web.answer.certificate_issued_on'), certificate_issued_on])
    lines.push([t('web.answer.certificate_file'), certificate_file && t('web.answer.certificate_file_given')])
  }
  return <Facts of={lines} />
}

/** What became of an answer that was sent. */
export function Outcome({ of }: { of: Schema['AnswerView'] }) {
  const { t } = useWords()
  const how = of.repeated ? 'repeated' : of.forwarded ? 'taken' : 'kept'
  return (
    <div className="alert good stack close" role="status">
      <strong>{t(`web.answer.${how}`)}</strong>
      <p>{t(`web.answer.${how}_advice`)}</p>
    </div>
  )
}
