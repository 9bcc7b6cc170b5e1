import { useQuery } from '@tanstack/react-query'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Notes } from './notes'
import { notesQuery } from './queries'

/** What the office noted: notes, and who saw to the case. */
export function Handling({ id, note }: { id: string; note: () => void }) {
  const { t } = useWords()
  return (
    <>
      <section className="sheet stack close" aria-labelledby="notes">
        <h2 id="notes">{t('web.casework.notes')}</h2>
        <Notes id={id} note={note} />
      </section>
      <Hands id={id} />
    </>
  )
}

/** Who saw to the case, the latest first. */
function Hands({ id }: { id: string }) {
  const { t, lang } = useWords()
  const notes = useQuery(notesQuery(id))
  const rows = notes.data?.assignments ?? []
  if (rows.length === 0) return null
  return (
    <section className="sheet stack close" aria-labelledby="hands">
      <h2 id="hands">{t('web.casework.hands')}</h2>
      <ul className="plain lines">
        {rows.map((row) => (
          <li key={row.at}>
            {t('web.casework.handed', {
              by: row.by.label,
              before: row.before?.label ?? t('web.casework.no_one'),
              to: row.assignee?.label ?? t('web.casework.no_one'),
            })}
            {row.reason && <p>{row.reason}</p>}
            <p className="small quiet">{moment(lang, row.at)}</p>
          </li>
        ))}
      </ul>
    </section>
  )
}
