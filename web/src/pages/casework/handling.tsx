import { useQuery } from '@tanstack/react-query'
import { Coming } from '../../shell/arrived'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Notes } from './notes'
import { type Acts, actsQuery, notesQuery } from './queries'

/** What the office did and noted: notes, acts and what became of them, and who saw to the case. */
export function Handling({ id, note }: { id: string; note: () => void }) {
  const { t } = useWords()
  return (
    <>
      <section className="sheet stack close" aria-labelledby="notes">
        <h2 id="notes">{t('web.casework.notes')}</h2>
        <Notes id={id} note={note} />
      </section>
      <Done id={id} />
      <Hands id={id} />
    </>
  )
}

const tones: Record<Acts['acts'][number]['state'], string> = {
  awaiting_approval: 'warn',
  pending: 'now',
  applied: 'good',
  refused: 'bad',
  rejected: 'bad',
  withdrawn: 'still',
  overtaken: 'still',
}

/** What operators did to the case, the latest first, and what became of it. */
function Done({ id }: { id: string }) {
  const { t, lang } = useWords()
  const acts = useQuery(actsQuery(id))
  if (!acts.data) return <Coming of={acts} rows={3} />
  return (
    <section className="sheet stack close" aria-labelledby="done">
      <h2 id="done">{t('web.casework.acts')}</h2>
      {acts.data.acts.length === 0 && <p className="quiet">{t('web.casework.acts_none')}</p>}
      <ul className="plain lines">
        {acts.data.acts.map((a) => (
          <li key={a.id} className="stack close tight" data-act={a.state}>
            <div className="row apart">
              <strong>
                {a.verb.name} {a.incident && <span className="quiet small">{a.incident.cause.name}</span>}
              </strong>
              <span className={`mark ${tones[a.state]}`}>{a.state_name}</span>
            </div>
            <p>{a.reason}</p>
            {a.refusal && <p className="late small">{a.refusal.name}</p>}
            <p className="small quiet">
              {a.by.label} · {moment(lang, a.requested_at)}
            </p>
          </li>
        ))}
      </ul>
    </section>
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
