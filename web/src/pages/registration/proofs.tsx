import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { answer, api } from '../../api/client'
import { Filing } from '../../shell/evidence'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'

/** Files that prove what was said of oneself: degree, years of work, titles. With the registration they become the case's. */
export function Proofs({ draft }: { draft: string }) {
  const { t, name } = useWords()
  const queries = useQueryClient()
  const key = ['my', 'draft', draft, 'files']
  const filed = useQuery({
    queryKey: key,
    queryFn: () => answer(api.GET('/v1/me/registration-drafts/{id}/files', { params: { path: { id: draft } } })),
  })
  const afterwards = () => queries.invalidateQueries({ queryKey: key })
  const remove = useMutation({
    mutationFn: (id: string) =>
      answer(
        api.POST('/v1/evidence/{id}/removal', { params: { path: { id } }, body: { reason: t('web.proofs.removed') } }),
      ),
    onSettled: afterwards,
  })
  const files = filed.data?.files ?? []
  return (
    <section className="sheet stack close" aria-labelledby="proofs">
      <h2 id="proofs">{t('web.proofs.title')}</h2>
      <p className="quiet">{t('web.proofs.lead')}</p>
      {filed.error && <Trouble error={filed.error} again={() => void filed.refetch()} />}
      <ul className="plain stack close">
        {files.map((file) => {
          const called = file.name ?? file.kind_name
          return (
            <li key={file.id} className="row">
              <a href={`/v1/evidence/${file.id}/file`} download>
                {called}
              </a>
              <span className="quiet small">{name('evidence_kind', file.kind)}</span>
              <Button
                size="small"
                loading={remove.isPending && remove.variables === file.id}
                onClick={() => remove.mutate(file.id)}
                aria-label={t('web.evidence.remove_one', { name: called })}
              >
                {t('web.evidence.remove')}
              </Button>
            </li>
          )
        })}
      </ul>
      {remove.error && <Trouble error={remove.error} />}
      <Filing
        about="draft"
        id={draft}
        kinds={['proof_of_education', 'proof_of_work', 'proof_of_title']}
        onFiled={afterwards}
      />
    </section>
  )
}
