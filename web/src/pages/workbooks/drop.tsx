import { InboxOutlined } from '@ant-design/icons'
import { type DragEvent, useRef, useState } from 'react'
import { useWords } from '../../words/words'
import './drop.css'

/** The media of a workbook. */
export const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** Takes a workbook by choosing it or dropping it here. Who uses no mouse has the field within it. */
export function Drop({ reading, advice, onFile }: { reading: boolean; advice: string; onFile: (file: File) => void }) {
  const { t } = useWords()
  const field = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const take = (files: FileList | null) => {
    const file = files?.[0]
    if (file && !reading) onFile(file)
    if (field.current) field.current.value = '' // the same file can be chosen again once it was mended
  }
  const drop = (e: DragEvent) => {
    e.preventDefault()
    setOver(false)
    take(e.dataTransfer.files)
  }
  return (
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
      <strong>{reading ? t('web.workbooks.reading') : t('web.workbooks.choose')}</strong>
      <span className="small quiet">{advice}</span>
      <input
        ref={field}
        type="file"
        accept={`.xlsx,${xlsx}`}
        className="visually-hidden"
        disabled={reading}
        onChange={(e) => take(e.target.files)}
      />
    </label>
  )
}
