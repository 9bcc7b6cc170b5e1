import { InboxOutlined } from '@ant-design/icons'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Button } from 'antd'
import { useRef } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { keep } from '../../api/file'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import '../workbooks/workbooks.css'

const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** A class's people are registered by a workbook: it is downloaded, filled in and sent. */
export function Uploading({ of }: { of: Schema['ClassView'] }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const field = useRef<HTMLInputElement>(null)
  const blank = useMutation({
    mutationFn: () =>
      keep(
        api.GET('/v1/classes/{id}/intake-workbook', { params: { path: { id: of.id } }, parseAs: 'blob' }) as Promise<{
          data?: Blob
          response: Response
        }>,
      ),
  })
  const send = useMutation({
    mutationFn: (file: File) =>
      answer(
        api.POST('/v1/classes/{id}/intakes', {
          params: { path: { id: of.id } },
          // The file is the body as it is; the description says so by the word for any bytes, a string.
          body: file as unknown as string,
          bodySerializer: (body) => body as unknown as Blob,
          headers: { 'Content-Type': xlsx },
        }),
      ),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ['intakes'] })
      await navigate({
        to: '/intakes',
        search: { intake: made.id, ...(made.totals.refused > 0 && { rows: 'refused' as const }) },
      })
    },
    // The same file can be chosen again once it was mended.
    onSettled: () => {
      if (field.current) field.current.value = ''
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
        <label className="book-drop">
          <InboxOutlined aria-hidden />
          <strong>{send.isPending ? t('web.workbooks.reading') : t('web.workbooks.choose')}</strong>
          <input
            ref={field}
            type="file"
            accept={`.xlsx,${xlsx}`}
            className="visually-hidden"
            disabled={send.isPending}
            onChange={(e) => {
              const file = e.target.files?.[0]
              if (file) send.mutate(file)
            }}
          />
        </label>
      </div>
      {(blank.error ?? send.error) && <Trouble error={(blank.error ?? send.error) as Error} />}
    </section>
  )
}
