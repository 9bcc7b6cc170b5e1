import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import type { Schema } from '../../api/client'
import { useChange } from '../../list/change'
import { PublicChoice } from '../../list/publicfilters'
import { Coming } from '../../shell/arrived'
import { catalogue, titled } from '../../shell/catalogue'
import { Facts } from '../../shell/facts'
import { Alternatives, Cited, Evaluation, Exam, Leads, useSay } from '../../shell/rules'
import { number } from '../../words/time'
import { useWords } from '../../words/words'

type Catalogue = Schema['Catalogue']
type Occupation = NonNullable<Catalogue['occupations']>[number]
type Level = NonNullable<Occupation['levels']>[number]

/** What is taught and asked, occupation by occupation, level by level. What no rule says is said to be missing. */
export function Curriculum() {
  const { t, lang } = useWords()
  const { occupation: chosen } = useSearch({ from: '/outside/curriculum' })
  const change = useChange({ stay: true })
  const all = useQuery(catalogue)
  const occupations = all.data?.occupations ?? []
  const one = occupations.find(({ code }) => code === chosen) ?? occupations[0]
  return (
    <div className="stack">
      <header className="stack close">
        <h1>{t('web.curriculum.title')}</h1>
        <p className="quiet">{t('web.curriculum.lead')}</p>
      </header>
      {!all.data || !one ? (
        <Coming of={all} />
      ) : (
        <>
          <search className="public-filters">
            <PublicChoice
              of={{
                label: t('web.tasks.occupation'),
                value: one.code,
                options: occupations.map((o) => ({ value: o.code, label: titled(lang, o) })),
              }}
              onChoose={(occupation) => change({ occupation })}
            />
          </search>
          <Shown rules={all.data} of={one} />
        </>
      )}
    </div>
  )
}

function Shown({ rules, of }: { rules: Catalogue; of: Occupation }) {
  const { t, lang } = useWords()
  const directions = of.directions ?? []
  return (
    <>
      <section className="sheet stack close" aria-labelledby="occupation">
        <h2 id="occupation">{titled(lang, of)}</h2>
        <Facts
          of={[
            [
              t('web.curriculum.directions'),
              directions.map((d) => d.name).join(' · ') || t('web.curriculum.no_directions'),
            ],
            [t('web.curriculum.code'), of.code_2022 ?? of.code_2021],
          ]}
        />
        <Cited c={of.standard} />
        <p className="row">
          <Link to="/class-calendar" search={{ occupation: of.code }}>
            {t('web.curriculum.to_classes')}
          </Link>
          <Link to="/find-institutions" search={{ occupation: of.code }}>
            {t('web.curriculum.to_institutions')}
          </Link>
        </p>
      </section>
      <section className="sheet stack close" aria-labelledby="exam">
        <h2 id="exam">{t('web.curriculum.examined')}</h2>
        <Exam rule={rules.exam} />
        <Evaluation rule={of.evaluation} />
      </section>
      {(of.levels ?? []).map((level) => (
        <LevelOf key={level.level} rules={rules} of={level} />
      ))}
    </>
  )
}

function LevelOf({ rules, of }: { rules: Catalogue; of: Level }) {
  const { t, name, lang } = useWords()
  const say = useSay()
  const leads = rules.levels?.find(({ code }) => code === of.level)
  return (
    <section className="sheet stack" aria-labelledby={of.level}>
      <h2 id={of.level}>{name('level', of.level)}</h2>
      <div className="stack close">
        <h3>{t('web.curriculum.training')}</h3>
        <p>{of.hours ? t('web.policy.hours', { hours: number(lang, of.hours) }) : t('web.policy.hours_missing')}</p>
        {(of.modules ?? []).length > 0 && <p className="quiet">{of.modules?.join(' · ')}</p>}
        {of.hours_citation && <Cited c={of.hours_citation} />}
      </div>
      <div className="stack close">
        <h3>{t('web.curriculum.entry')}</h3>
        <p>{say(of.entry_always)}</p>
        <Alternatives all={of.entry_conditions ?? []} />
      </div>
      {leads && (
        <div className="stack close">
          <h3>{t('web.curriculum.leads', { title: leads.title })}</h3>
          <Leads level={leads} />
          {(leads.information ?? []).map((i) => (
            <div key={i.text.zh}>
              <p>{say(i.text)}</p>
              <Cited c={i.citation} />
            </div>
          ))}
        </div>
      )}
    </section>
  )
}
