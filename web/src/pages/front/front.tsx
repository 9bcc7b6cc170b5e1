import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Fragment } from 'react'
import { Trouble } from '../../shell/notes'
import { programmeQuery } from '../../shell/programme'
import { Ridge } from '../../shell/ridge'
import { useWords } from '../../words/words'
import './front.css'

/** The seven stages of a case, in the order of the way up. */
const stages = ['registration', 'training', 'exam', 'evaluation', 'certificate', 'title', 'ce_hours'] as const

/** What who is not logged in sees first. */
export function Front() {
  const { t } = useWords()
  return (
    <div className="stack front">
      <section className="front-head">
        <div className="stack">
          <h1>{t('web.login.programme')}</h1>
          <p className="quiet">{t('web.login.line')}</p>
          <div className="row">
            <Link to="/join" className="press first">
              {t('web.join.title')}
            </Link>
            <Link to="/class-calendar" className="press">
              {t('web.front.classes')}
            </Link>
            <Link to="/policy-questions" className="press">
              {t('web.front.questions')}
            </Link>
            <a href="/verify" className="press">
              {t('web.front.verify')}
            </a>
          </div>
        </div>
        <Ridge />
      </section>
      <Programme />
      <section className="stack close" aria-labelledby="way">
        <h2 id="way">{t('web.front.way')}</h2>
        <p className="quiet">{t('web.front.way_lead')}</p>
        <ol className="plain front-way">
          {stages.map((stage) => (
            <li key={stage} className="sheet">
              <h3>{t(`stage.${stage}`)}</h3>
              <p>{t(`web.front.stage.${stage}`)}</p>
            </li>
          ))}
        </ol>
      </section>
    </div>
  )
}

/** What the programme is, in a few sentences, each with where it is written. */
function Programme() {
  const { t, lang } = useWords()
  const told = useQuery(programmeQuery(lang))
  return (
    <section className="stack close" aria-labelledby="programme">
      <h2 id="programme">{t('web.front.programme')}</h2>
      {told.error && !told.data && <Trouble error={told.error} again={() => void told.refetch()} />}
      <ul className="stack close front-said">
        {told.data?.sentences.map((s) => (
          <li key={s.text}>
            {s.text}{' '}
            {s.citations.map((c) => (
              // The space stands outside, so that a line can end between two of them.
              <Fragment key={c.clause}>
                <span className="quiet small nowrap">
                  {c.document} {c.clause}
                </span>{' '}
              </Fragment>
            ))}
          </li>
        ))}
      </ul>
    </section>
  )
}
