import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Button } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { asBody, keep } from '../../api/file'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import { Drop, xlsx } from '../workbooks/drop'

/** A class's people are registered by a workbook: it is downloaded, filled in and sent. */
export function Uploading({ of }: { of: Schema['ClassView'] }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const blank = useMutation({
    mutationFn: () =>
      keep(api.GET('/v1/classes/{id}/intake-workbook', { params: { path: { id: of.id } }, parseAs: 'blob' })),
  })
  const send = useMutation({
    mutationFn: (file: File) =>
      answer(api.POST('/v1/classes/{id}/intakes', { params: { path: { id: of.id } }, ...asBody(file, xlsx) })),
    onSuccess: async (made) => {
      queries.setQueryData(['intake', made.id, 'known'], made.known)
      await queries.invalidateQueries({ queryKey: ['intakes'] })
      await navigate({
        to: '/intakes',
        search: { intake: made.id, ...(made.totals.refused > 0 && { rows: 'refused' as const }) },
      })
    },
  })
  return (
    <section className="stack close" aria-busy={send.isPending}>
      <h3>{t('web.intakes.upload')}</h3>
      <p className="quiet small">{t('web.intakes.upload_means')}</p>
      <div className="row">
        <Button loading={blank.isPending} onClick={() => blank.mutate()}>
          {t('web.intakes.blank')}
        </Button>
      </div>
      <Drop reading={send.isPending} advice={t('web.intakes.choose_advice')} onFile={(file) => send.mutate(file)} />
      {(blank.error ?? send.error) && <Trouble error={(blank.error ?? send.error) as Error} />}
    </section>
  )
}
