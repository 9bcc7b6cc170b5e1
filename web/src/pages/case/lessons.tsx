import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { ToCalendar } from '../../shell/tocalendar'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

/** So many are shown until somebody asks for the others. */
const first = 4

/** When and where the trainee is expected next, and all of it for their own calendar. Nothing before there are sessions. */
export function Lessons({ caseID }: { caseID: string }) {
  const { t, lang } = useWords()
  const [all, showAll] = useState(false)
  const ahead = useQuery({
    queryKey: ['case', caseID, 'lessons'],
    queryFn: () => answer(api.GET('/v1/cases/{id}/sessions', { params: { path: { id: caseID } } })),
  })
  if (ahead.error && !ahead.data) return <Trouble error={ahead.error} again={() => void ahead.refetch()} />
  if (!ahead.data?.listed) return null
  const { sessions, total } = ahead.data
  const shown = all ? sessions : sessions.slice(0, first)
  return (
    <section className="sheet stack close" aria-labelledby="lessons">
      <h2 id="lessons">{t('web.case.lessons')}</h2>
      {sessions.length === 0 && <p className="quiet">{t('web.case.lessons_none')}</p>}
      <ul className="plain lines">
        {shown.map((s) => {
          const when = (
            <>
              <span className="nowrap">{moment(lang, s.opens_at)}</span> · {s.module}
            </>
          )
          return (
            <li key={s.id}>
              {s.called_off ? <s>{when}</s> : when}{' '}
              {s.called_off && <span className="mark warn">{t('web.case.lesson_off')}</span>}
              <div className="quiet small">{[s.mode.name, s.place, s.class].filter(Boolean).join(' · ')}</div>
            </li>
          )
        })}
      </ul>
      <div className="row">
        {sessions.length > shown.length && (
          <button type="button" className="press" onClick={() => showAll(true)}>
            {t('web.case.lessons_more', { n: total })}
          </button>
        )}
        <ToCalendar href={`/v1/cases/${caseID}/calendar`} />
      </div>
    </section>
  )
}
