import { CloseOutlined } from '@ant-design/icons'
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { useWords } from '../words/words'
import './aside.css'

interface Props {
  title: string
  onClose: () => void
  /** There is much to be seen side by side. */
  broad?: boolean
  children: ReactNode
}

/** A sheet beside a list, with one of its rows in full. Escape closes it, and what lies below is out of reach. */
export function Aside({ title, onClose, broad, children }: Props) {
  const { t } = useWords()
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useId()
  useEffect(() => {
    const shown = dialog.current
    if (shown && !shown.open) shown.showModal()
    return () => shown?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      className={broad ? 'aside broad' : 'aside'}
      aria-labelledby={heading}
      onCancel={(e) => {
        e.preventDefault() // the address says whether it is open
        onClose()
      }}
    >
      <header className="row apart">
        <h2 id={heading}>{title}</h2>
        <button type="button" className="tool" aria-label={t('web.frame.close')} onClick={onClose}>
          <CloseOutlined aria-hidden />
        </button>
      </header>
      {children}
    </dialog>
  )
}
