import type { ReactNode } from 'react'
import type { Schema } from '../../api/client'
import { titled } from '../../shell/catalogue'
import { Alternatives, Cited, Evaluation, Exam, Leads, useSay } from '../../shell/rules'
import { number } from '../../words/time'
import { useWords } from '../../words/words'

type Catalogue = Schema['Catalogue']

/** What a version says, rule by rule, each with where it is written and how sure we are of it. */
export function Rules({ rules }: { rules: Catalogue }) {
  const { t, name, lang } = useWords()
  const say = useSay()
  return (
    <>
      <Part title={t('web.policy.join')}>
        <Alternatives all={rules.who_may_join ?? []} />
      </Part>
      <Part title={t('web.policy.exam')}>
        <Exam rule={rules.exam} />
      </Part>
      <Part title={t('web.policy.ce_hours')}>
        <p>{say(rules.ce_hours.text)}</p>
        <Cited c={rules.ce_hours.citation} />
        <p>{t('web.policy.ce_annual', { hours: number(lang, rules.ce_hours.annual_total) })}</p>
        <Cited c={rules.ce_hours.annual_citation} />
      </Part>
      <Part title={t('web.policy.titles')}>
        {(rules.levels ?? []).map((level) => (
          <details key={level.code}>
            <summary>
              {name('level', level.code)} · {level.title}
            </summary>
            <div className="stack close inset">
              <Leads level={level} />
            </div>
          </details>
        ))}
      </Part>
      <Part title={t('web.policy.occupations')}>
        {(rules.occupations ?? []).map((o) => (
          <details key={o.code}>
            <summary>{titled(lang, o)}</summary>
            <div className="stack close inset">
              <Evaluation rule={o.evaluation} />
              {(o.levels ?? []).map((level) => (
                <div key={level.level} className="stack close tight">
                  <h3>{name('level', level.level)}</h3>
                  <p>
                    {level.hours
                      ? t('web.policy.hours', { hours: number(lang, level.hours) })
                      : t('web.policy.hours_missing')}{' '}
                    <span className="quiet small">{(level.modules ?? []).join(' · ')}</span>
                  </p>
                  {level.hours_citation && <Cited c={level.hours_citation} />}
                  <p>{say(level.entry_always)}</p>
                  <Alternatives all={level.entry_conditions ?? []} />
                </div>
              ))}
            </div>
          </details>
        ))}
      </Part>
    </>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="sheet stack close">
      <h2>{title}</h2>
      {children}
    </section>
  )
}
