import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import { Asking } from './asking'
import { Marked } from './state'

type Mark = Schema['ReviewableView']

/** The marks of a case's evaluation, and until when its trainee may have each reviewed. Nothing where there is none. */
export function Marks({ caseID }: { caseID: string }) {
  const { t, name } = useWords()
  const shown = useQuery({
    queryKey: ['case', caseID, 'score-reviews'],
    queryFn: () => answer(api.GET('/v1/cases/{id}/score-reviews', { params: { path: { id: caseID } } })),
  })
  if (shown.error && !shown.data) return <Trouble error={shown.error} again={() => void shown.refetch()} />
  if (!shown.data?.marks.length) return null
  const { marks, citation } = shown.data
  return (
    <section className="sheet stack" aria-labelledby="score-reviews">
      <h2 id="score-reviews">{t('web.requests.reviews')}</h2>
      <p className="quiet small">
        {citation.document}（{name('basis', citation.basis)}）{citation.note}
      </p>
      {marks.map((mark) => (
        <OneMark key={`${mark.part.code}-${mark.attempt}`} caseID={caseID} of={mark} />
      ))}
    </section>
  )
}

function OneMark({ caseID, of }: { caseID: string; of: Mark }) {
  const { t } = useWords()
  const [asking, setAsking] = useState(false)
  const days = { from: of.published_on, last: of.last_day }
  return (
    <div className="step stack close">
      <h3>
        <Marked part={of.part.name} attempt={of.attempt} score={of.score} />
      </h3>
      <p className="quiet">{t('web.requests.window_days', days)}</p>
      {of.petition_id ? (
        <Link to="/my-requests" search={{ request: of.petition_id }}>
          {t('web.requests.see')}
        </Link>
      ) : of.why_not ? (
        <p>
          {t('web.requests.late', { ...days, today: of.today })}{' '}
          <Link to="/my-requests" search={{ request: 'new' }}>
            {t('web.requests.complain')}
          </Link>
        </p>
      ) : asking ? (
        <AskingReview caseID={caseID} of={of} onDone={() => setAsking(false)} />
      ) : (
        <div>
          <Button onClick={() => setAsking(true)}>{t('web.requests.ask_review')}</Button>
        </div>
      )}
    </div>
  )
}

function AskingReview({ caseID, of, onDone }: { caseID: string; of: Mark; onDone: () => void }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const ask = ({ text }: { text: string }) => {
    const part = of.part.code as Schema['ScoreReviewBody']['part']
    const body = { part, attempt: of.attempt, text }
    return answer(api.POST('/v1/cases/{id}/score-reviews', { params: { path: { id: caseID } }, body }))
  }
  return (
    <Asking
      name={`review-${of.part.code}-${of.attempt}`}
      ask={ask}
      onAsked={() => {
        onDone()
        void queries.invalidateQueries({ queryKey: ['case', caseID] })
      }}
      label={t('web.requests.review_what')}
      extra={t('web.requests.review_once')}
    />
  )
}
