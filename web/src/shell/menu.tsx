import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import './menu.css'

/** A button and what unfolds below it. Escape and a press elsewhere fold it up again. */
export function Menu({
  label,
  children,
  end = false,
}: {
  label: ReactNode
  children: (close: () => void) => ReactNode
  /** It unfolds towards the left. */
  end?: boolean
}) {
  const [open, setOpen] = useState(false)
  const whole = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const id = useId()
  useEffect(() => {
    if (!open) return
    const press = (e: PointerEvent) => {
      // What a choice unfolds hangs elsewhere in the document, and belongs here all the same.
      const target = e.target as HTMLElement
      if (!whole.current?.contains(target) && !target.closest('.ant-select-dropdown')) setOpen(false)
    }
    addEventListener('pointerdown', press)
    return () => removeEventListener('pointerdown', press)
  }, [open])
  const close = () => {
    setOpen(false)
    button.current?.focus()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape folds it up from wherever within it one is.
    <div
      className="menu"
      ref={whole}
      onKeyDown={(e) => {
        if (e.key !== 'Escape' || !open) return
        e.stopPropagation()
        close()
      }}
    >
      <button
        type="button"
        ref={button}
        className="menu-button"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {label}
        <span aria-hidden="true">▾</span>
      </button>
      {open && (
        <div className={end ? 'menu-sheet end' : 'menu-sheet'} id={id}>
          {children(close)}
        </div>
      )}
    </div>
  )
}
