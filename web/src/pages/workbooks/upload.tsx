import { useMutation, useQueryClient } from '@tanstack/react-query'
import { answer, api } from '../../api/client'
import { asBody } from '../../api/file'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import { Drop, xlsx } from './drop'

/** Takes a workbook that was filled in. */
export function Upload({ onRead }: { onRead: (id: string) => void }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const send = useMutation({
    mutationFn: (file: File) => answer(api.POST('/v1/workbooks', asBody(file, xlsx))),
    onSuccess: (read) => {
      queries.setQueryData(['workbook', read.id, 'known'], read.known)
      void queries.invalidateQueries({ queryKey: ['workbook', read.id] })
      void queries.invalidateQueries({ queryKey: ['workbooks'] })
      onRead(read.id)
    },
  })
  return (
    <section className="sheet stack" aria-busy={send.isPending}>
      <h2>{t('web.workbooks.upload')}</h2>
      <Drop reading={send.isPending} advice={t('web.workbooks.choose_advice')} onFile={(file) => send.mutate(file)} />
      {send.error && <Trouble error={send.error} />}
      <p className="small quiet">{t('web.workbooks.upload_means')}</p>
    </section>
  )
}
