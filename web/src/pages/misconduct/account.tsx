import type { Schema } from '../../api/client'
import { type Fact, Facts } from '../../shell/facts'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { MisconductState } from './state'

type Detail = Schema['MisconductDetailBody']

/** What was seen, what the trainee says to it, and what was decided, with the rule. */
export function Account({ of }: { of: Detail }) {
  const { t, name, lang } = useWords()
  const facts: Fact[] = [
    [t('web.misconduct.state'), <MisconductState key="state" of={of} />],
    [t('web.misconduct.trainee'), of.name],
    [t('web.misconduct.part'), `${of.part.name} · ${t('web.tasks.attempt_n', { n: of.attempt })}`],
    [t('web.misconduct.occurred'), of.occurred_on],
    [t('web.misconduct.recorded_by'), `${of.institution.name} · ${moment(lang, of.recorded_at)}`],
    [t('web.misconduct.account'), of.account],
    [t('web.misconduct.evidence'), of.evidence],
    [
      t('web.misconduct.rule'),
      `${of.citation.document} ${of.citation.clause}（${name('basis', of.citation.basis)}）${of.citation.note ?? ''}`,
    ],
    [t('web.misconduct.confirmed'), of.confirmed_at && `${moment(lang, of.confirmed_at)} · ${of.confirmation ?? ''}`],
    [t('web.misconduct.statement_until'), of.statement_until && moment(lang, of.statement_until)],
    [t('web.misconduct.statement'), of.statement],
    [t('web.misconduct.review'), of.review],
  ]
  const d = of.decision
  if (d) {
    facts.push([
      t('web.misconduct.decision'),
      [
        t(d.founded ? 'web.misconduct.founded' : 'web.misconduct.unfounded'),
        d.voids?.name,
        d.barred_until && t('web.misconduct.barred', { until: d.barred_until }),
        d.reason,
      ]
        .filter(Boolean)
        .join(' · '),
    ])
  }
  if (of.delivery)
    facts.push([t('web.misconduct.delivery'), `${of.delivery.how.name} · ${moment(lang, of.delivery.at)}`])
  if (of.due_at) facts.push([t('web.misconduct.due'), moment(lang, of.due_at)])
  return <Facts of={facts} />
}
