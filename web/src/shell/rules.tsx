import type { Schema } from '../api/client'
import { number } from '../words/time'
import { useWords } from '../words/words'

type Citation = Schema['Citation']
type Text = Schema['Text']
type Alternative = Schema['Alternative']

/** A text of the rules in the reader's language. */
export function useSay() {
  const { lang } = useWords()
  return (text: Text) => (lang === 'en' ? text.en || text.zh : text.zh)
}

/** Any one of these suffices. */
export function Alternatives({ all }: { all: Alternative[] }) {
  const { t } = useWords()
  const say = useSay()
  if (all.length === 0) return <p className="quiet">{t('web.policy.no_rule')}</p>
  return (
    <ul className="plain lines">
      {all.map((a) => (
        <li key={a.code}>
          {say(a.text)}
          <Cited c={a.citation} />
        </li>
      ))}
    </ul>
  )
}

/** Where it is written, and how sure we are of that. */
export function Cited({ c }: { c: Citation }) {
  const { name } = useWords()
  const say = useSay()
  return (
    <p className="quiet small">
      {c.document} {c.clause}{' '}
      <span className={c.basis === 'notice' ? 'mark good' : 'mark warn'}>{name('basis', c.basis)}</span>
      {c.note && ` ${say(c.note)}`}
    </p>
  )
}

/** What the exam at the end of a training asks. */
export function Exam({ rule }: { rule: Schema['ExamRule'] }) {
  const { t, lang } = useWords()
  const say = useSay()
  return (
    <>
      <p>
        {say(rule.text)} {t('web.policy.pass_mark', { mark: number(lang, rule.pass_mark) })}
      </p>
      <Cited c={rule.citation} />
    </>
  )
}

/** The parts of an evaluation, each with its pass mark. */
export function Evaluation({ rule }: { rule: Schema['EvaluationRule'] }) {
  const { t, lang } = useWords()
  return (
    <>
      <p>
        {t('web.policy.parts')}{' '}
        {(rule.parts ?? [])
          .map((p) => `${lang === 'en' ? p.english : p.name} ${number(lang, p.pass_mark)}`)
          .join(' · ')}
      </p>
      <Cited c={rule.citation} />
    </>
  )
}

/** What a level leads to: what its certificate brings, and who may have its title. */
export function Leads({ level }: { level: Schema['CatalogueLevel'] }) {
  const say = useSay()
  return (
    <>
      {(level.effects ?? []).map((effect) => (
        <p key={effect.zh}>{say(effect)}</p>
      ))}
      <Alternatives all={level.title_conditions ?? []} />
      <Cited c={level.title_citation} />
    </>
  )
}
