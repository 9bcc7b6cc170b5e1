import { useQuery } from '@tanstack/react-query'
import { answer, api } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

/** What operators noted for the institution about the case of its task. */
export function OfficeNotes({ task }: { task: string }) {
  const { t, lang } = useWords()
  const notes = useQuery({
    queryKey: ['task', task, 'notes'],
    queryFn: () => answer(api.GET('/v1/tasks/{id}/notes', { params: { path: { id: task } } })),
  })
  if (notes.error && !notes.data) return <Trouble error={notes.error} again={() => void notes.refetch()} />
  const all = notes.data?.notes ?? []
  if (all.length === 0) return null
  return (
    <section className="stack close">
      <h2>{t('web.casework.office_notes')}</h2>
      <ul className="plain lines">
        {all.map((n) => (
          <li key={n.id}>
            <p>{n.struck ? t('web.casework.office_struck') : n.note}</p>
            <p className="small quiet row">
              <span>
                {n.from} · {moment(lang, n.written_at)}
              </span>
              {n.file && (
                <a href={`/v1/notes/${n.id}/file`} download>
                  {n.file.kind_name}
                </a>
              )}
            </p>
          </li>
        ))}
      </ul>
    </section>
  )
}
