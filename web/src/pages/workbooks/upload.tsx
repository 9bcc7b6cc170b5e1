import { InboxOutlined } from '@ant-design/icons'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type DragEvent, useRef, useState } from 'react'
import { answer, api } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'

const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** Takes a workbook that was filled in, by choosing it or dropping it here. */
export function Upload({ onRead }: { onRead: (id: string) => void }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const field = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const send = useMutation({
    mutationFn: (file: File) =>
      answer(
        api.POST('/v1/workbooks', {
          // The file is the body as it is; the description says so by the word for any bytes, a string.
          body: file as unknown as string,
          bodySerializer: (body) => body as unknown as Blob,
          headers: { 'Content-Type': xlsx },
        }),
      ),
    onSuccess: (read) => {
      queries.setQueryData(['workbook', read.id, 'known'], read.known)
      void queries.invalidateQueries({ queryKey: ['workbook', read.id] })
      void queries.invalidateQueries({ queryKey: ['workbooks'] })
      onRead(read.id)
    },
    // The same file can be chosen again once it was mended.
    onSettled: () => {
      if (field.current) field.current.value = ''
    },
  })
  const take = (files: FileList | null) => {
    const file = files?.[0]
    if (file && !send.isPending) send.mutate(file)
  }
  const drop = (e: DragEvent) => {
    e.preventDefault()
    setOver(false)
    take(e.dataTransfer.files)
  }
  return (
    <section className="sheet stack" aria-busy={send.isPending}>
      <h2>{t('web.workbooks.upload')}</h2>
      {/* The label takes what is dropped; who uses no mouse has the field within it. */}
      <label
        className={over ? 'book-drop over' : 'book-drop'}
        onDragOver={(e) => {
          e.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <InboxOutlined aria-hidden />
        <strong>{send.isPending ? t('web.workbooks.reading') : t('web.workbooks.choose')}</strong>
        <span className="small quiet">{t('web.workbooks.choose_advice')}</span>
        <input
          ref={field}
          type="file"
          accept={`.xlsx,${xlsx}`}
          className="visually-hidden"
          disabled={send.isPending}
          onChange={(e) => take(e.target.files)}
        />
      </label>
      {send.error && <Trouble error={send.error} />}
      <p className="small quiet">{t('web.workbooks.upload_means')}</p>
    </section>
  )
}
