import { useQuery } from '@tanstack/react-query'
import { answer, api } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { Waiting } from '../../shell/waiting'
import { moment, number } from '../../words/time'
import { useWords } from '../../words/words'
import { Certificates } from '../case/gathered'
import type { Case } from '../case/queries'
import { tasksQuery } from './queries'

/** The case's certificates, and the files that were filed about it and its tasks. */
export function Documents({ c }: { c: Case }) {
  const { t, name, lang } = useWords()
  const tasks = useQuery(tasksQuery(c.id))
  const ids = (tasks.data?.tasks ?? []).map((task) => task.id)
  const files = useQuery({
    queryKey: ['case', c.id, 'files', ids],
    enabled: tasks.isSuccess,
    queryFn: async () => {
      const about = [{ kind: 'case' as const, id: c.id }, ...ids.map((id) => ({ kind: 'task' as const, id }))]
      const all = await Promise.all(
        about.map(({ kind, id }) =>
          answer(api.GET('/v1/evidence', { params: { query: { subject_kind: kind, subject_id: id, limit: 200 } } })),
        ),
      )
      return all.flatMap((one) => one.evidence)
    },
  })
  const failed = tasks.error ?? files.error
  return (
    <>
      <Certificates certificates={c.certificates} />
      <section className="sheet stack close" aria-labelledby="files">
        <h2 id="files">{t('web.evidence.title')}</h2>
        {failed ? (
          <Trouble error={failed} again={() => void files.refetch()} />
        ) : (
          files.isPending && <Waiting rows={3} />
        )}
        {files.data?.length === 0 && <p className="quiet">{t('web.evidence.none')}</p>}
        <ul className="plain lines">
          {files.data?.map((f) => (
            <li key={f.id}>
              <a href={`/v1/evidence/${f.id}/file`} download>
                {f.name ?? f.kind_name}
              </a>
              <p className="small quiet">
                {name('evidence_kind', f.kind)} · {f.institution?.name ?? t('web.casework.by_office')} ·{' '}
                {number(lang, Math.max(f.size / 1024, 0.01))} KB · {moment(lang, f.completed_at ?? f.asked_at)}
              </p>
            </li>
          ))}
        </ul>
      </section>
    </>
  )
}
