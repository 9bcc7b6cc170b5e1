import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { answer, api } from '../../api/client'
import { useSession } from '../../api/session'
import { Coming } from '../../shell/arrived'
import { Ending } from '../../shell/ending'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { type CaseNote, notesQuery } from './queries'

/** What the office noted about the case, the newest first. */
export function Notes({ id, note }: { id: string; note: () => void }) {
  const { t } = useWords()
  const notes = useQuery(notesQuery(id))
  if (!notes.data) return <Coming of={notes} />
  return (
    <div className="stack close">
      <div className="row">
        <Button onClick={note} aria-keyshortcuts="n">
          {t('web.casework.note')}
        </Button>
      </div>
      {notes.data.notes.length === 0 && <p className="quiet">{t('web.casework.notes_none')}</p>}
      <ul className="plain lines">
        {notes.data.notes.map((n) => (
          <One key={n.id} n={n} />
        ))}
      </ul>
    </div>
  )
}

function One({ n }: { n: CaseNote }) {
  const { t, lang } = useWords()
  const { account } = useSession()
  const [striking, setStriking] = useState(false)
  return (
    <li className="stack close" data-note={n.id}>
      <p className="note-text">{n.struck ? <del>{n.note}</del> : n.note}</p>
      {n.struck && (
        <p className="small late">
          {t('web.casework.struck', { at: moment(lang, n.struck_at ?? n.written_at), reason: n.struck_why ?? '' })}
        </p>
      )}
      <p className="small quiet row">
        <span>
          {n.author.label} · <time dateTime={n.written_at}>{moment(lang, n.written_at)}</time>
        </span>
        {n.mentions.map((m) => (
          <span key={m.id}>@{m.label}</span>
        ))}
        {n.shown_to && (
          <span className="mark warn">{t('web.casework.shown_to', { institution: n.shown_to.name })}</span>
        )}
        {n.file && (
          <a href={`/v1/notes/${n.id}/file`} download>
            {n.file.name ?? n.file.kind_name}
          </a>
        )}
        {!n.struck && n.author.id === account.id && (
          <Button size="small" onClick={() => setStriking(!striking)} aria-expanded={striking}>
            {t('web.casework.strike')}
          </Button>
        )}
      </p>
      {striking && !n.struck && (
        <Ending
          title={t('web.casework.strike')}
          means={t('web.casework.strike_means')}
          end={(reason) =>
            answer(api.POST('/v1/notes/{id}/striking', { params: { path: { id: n.id } }, body: { reason } }))
          }
          list="case"
        />
      )}
    </li>
  )
}
