import { useQuery } from '@tanstack/react-query'
import { Link, useLocation, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { PublicFilters } from '../../list/publicfilters'
import { Arrived } from '../../shell/arrived'
import { Note } from '../../shell/notes'
import { Cited } from '../../shell/rules'
import { useWords } from '../../words/words'
import './questions.css'

type Question = Schema['QuestionView']

/** What people ask about the programme, and its answers, each with where it is written. */
export function PolicyQuestions() {
  const { t, lang } = useWords()
  const asked = useSearch({ from: '/outside/policy-questions' })
  const all = useQuery({
    queryKey: ['policy-questions', lang, asked],
    queryFn: () => answer(api.GET('/v1/policy-questions', { params: { query: asked } })),
    staleTime: 600_000,
    placeholderData: (before) => before,
  })
  return (
    <div className="stack">
      <header className="stack close">
        <h1>{t('web.questions.title')}</h1>
        <p className="quiet">{t('web.questions.lead')}</p>
      </header>
      <PublicFilters
        filters={[
          { name: 'q', label: t('web.questions.search'), value: asked.q, type: 'search' },
          {
            name: 'topic',
            label: t('web.questions.topic'),
            value: asked.topic,
            options: (all.data?.topics ?? []).map((of) => ({ value: of.code, label: of.name })),
          },
        ]}
      />
      <Arrived of={all}>
        {(data) =>
          data.questions.length === 0 ? (
            <Note title={t('web.questions.none')}>
              <p>{t('web.questions.none_advice')}</p>
              <Link to="/policy-questions">{t('web.questions.all')}</Link>
            </Note>
          ) : (
            data.topics.map(({ code, name }) => (
              <Topic key={code} name={name} of={data.questions.filter((one) => one.topic === code)} open={!!asked.q} />
            ))
          )
        }
      </Arrived>
    </div>
  )
}

function Topic({ name, of, open }: { name: string; of: Question[]; open: boolean }) {
  if (of.length === 0) return null
  return (
    <section className="stack close" aria-label={name}>
      <h2>{name}</h2>
      <div className="sheet lines">
        {of.map((q) => (
          <Answer key={q.id} of={q} open={open} />
        ))}
      </div>
    </section>
  )
}

/** A question, which unfolds to its answer. Its address can be passed on: who follows it finds it open. */
function Answer({ of, open }: { of: Question; open: boolean }) {
  const { t } = useWords()
  const meant = useLocation({ select: ({ hash }) => hash === of.id })
  useEffect(() => {
    if (meant) document.getElementById(of.id)?.scrollIntoView()
  }, [meant, of.id])
  return (
    <details id={of.id} open={open || meant} className="question">
      <summary>
        <h3>{of.question}</h3>
      </summary>
      <div className="stack close">
        <p>{of.answer}</p>
        {of.unknown && (
          <p>
            <span className="mark warn">{t('web.questions.unknown')}</span>
          </p>
        )}
        {of.citations.map((c) => (
          <Cited key={c.document + c.clause} c={c} />
        ))}
        <p>
          <Link to="." search={(said: object) => said as never} hash={of.id} className="small">
            {t('web.questions.link')}
            <span className="visually-hidden">: {of.question}</span>
          </Link>
        </p>
      </div>
    </details>
  )
}
