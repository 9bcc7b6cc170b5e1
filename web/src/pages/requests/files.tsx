import { useQueryClient } from '@tanstack/react-query'
import type { Schema } from '../../api/client'
import { Filing } from '../../shell/evidence'
import { moment, number } from '../../words/time'
import { useWords } from '../../words/words'

/** The files that go with a request, and one more, as long as the reader may add any. */
export function Files({ of }: { of: Schema['PetitionDetailBody'] }) {
  const { t, name, lang } = useWords()
  const queries = useQueryClient()
  if (of.files.length === 0 && !of.may_file) return null
  return (
    <section className="stack close" aria-labelledby={`files-${of.id}`}>
      <h2 id={`files-${of.id}`}>{t('web.evidence.title')}</h2>
      {of.files.length === 0 && <p className="quiet">{t('web.evidence.none')}</p>}
      <ul className="plain stack close">
        {of.files.map((file) => {
          const called = file.name ?? name('evidence_kind', file.kind)
          return (
            <li key={file.id}>
              <a
                href={`/v1/evidence/${file.id}/file`}
                download
                aria-label={t('web.evidence.download', { name: called })}
              >
                {called}
              </a>
              <p className="small quiet">
                {name('evidence_kind', file.kind)} · {file.institution.name} ·{' '}
                {number(lang, Math.max(file.size / 1024, 0.01))} KB · {moment(lang, file.completed_at ?? file.asked_at)}
              </p>
            </li>
          )
        })}
      </ul>
      {of.may_file && (
        <Filing
          about="petition"
          id={of.id}
          kinds={[of.kind.code === 'identity_check' ? 'identity_document' : 'other']}
          onFiled={() => queries.invalidateQueries({ queryKey: ['requests'] })}
        />
      )}
    </section>
  )
}
