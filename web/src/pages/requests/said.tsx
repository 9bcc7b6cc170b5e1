import type { Schema } from '../../api/client'
import { useSession } from '../../api/session'
import { type Fact, Facts } from '../../shell/facts'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Marked, RequestState, unanswered } from './state'

type Detail = Schema['PetitionDetailBody']

/** What was asked, stated and answered: by whom it is answered, and by when. */
export function Said({ of }: { of: Detail }) {
  const { t, lang } = useWords()
  const { account } = useSession()
  const facts: Fact[] = [[t('web.requests.state'), <RequestState key="state" of={of} />]]
  if (account.role !== 'trainee') facts.push([t('web.requests.trainee'), of.name])
  facts.push(
    [t('web.requests.institution'), of.institution.name],
    [t('web.requests.handled_by'), of.handled_by.name],
    [t('web.requests.asked_at'), moment(lang, of.asked_at)],
    [t('web.requests.topic'), of.topic?.name],
  )
  if (of.mark) {
    facts.push([
      t('web.requests.mark'),
      <Marked key="mark" part={of.mark.part.name} attempt={of.mark.attempt} score={of.mark.score_was} />,
    ])
    facts.push([
      t('web.requests.window'),
      t('web.requests.window_days', { from: of.mark.published_on, last: of.mark.last_day }),
    ])
  }
  facts.push([t('web.requests.text'), of.text ?? t('web.requests.done_again')])
  if (of.paused) facts.push([t('web.requests.case'), t('web.requests.paused')])
  if (unanswered(of)) facts.push([t('web.requests.due'), moment(lang, of.due_at)])
  if (of.statement_due_at && !of.stated_at)
    facts.push([t('web.requests.statement_due'), moment(lang, of.statement_due_at)])
  facts.push([t('web.requests.statement'), of.statement])
  if (of.outcome) {
    const score = of.score === undefined ? undefined : t('web.requests.points', { n: of.score })
    facts.push([t('web.requests.outcome'), [of.outcome.name, score].filter(Boolean).join(' · ')])
    facts.push([t('web.requests.answer'), of.answer])
  }
  if (of.answered_at) facts.push([t('web.requests.answered_at'), moment(lang, of.answered_at)])
  if (of.carried) {
    const { state, at } = of.carried
    facts.push([t('web.requests.carried'), `${state.name} · ${moment(lang, at)}`])
  }
  return <Facts of={facts} />
}
