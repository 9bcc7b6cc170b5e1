// The keys of a page: single letters, which do something only while nobody writes.

import { useEffect, useRef } from 'react'

export interface KeyAct {
  key: string
  name: string
  /** Only then; otherwise the key is the browser's. */
  when?: () => boolean
  run: () => void
}

/** Whether a key that is pressed there is written text, or a choice's own. */
const writes = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('input:not([type=checkbox]), textarea, select, [role=combobox]'))

const pages: { acts: KeyAct[] }[] = []

/** All keys that do something now, the innermost page's last. */
export const keysNow = () => pages.flatMap(({ acts }) => acts)

/** Has keys do something while the page is there. A sheet above the page has the keyboard to itself. */
export function useKeys(acts: KeyAct[]) {
  const page = useRef({ acts })
  page.current.acts = acts
  useEffect(() => {
    const mine = page.current
    pages.push(mine)
    const press = (e: KeyboardEvent) => {
      if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || writes(e.target)) return
      if (document.querySelector('dialog[open]')) return
      const act = mine.acts.find(({ key, when }) => key === e.key && (!when || when()))
      if (!act) return
      e.preventDefault()
      act.run()
    }
    addEventListener('keydown', press)
    return () => {
      removeEventListener('keydown', press)
      pages.splice(pages.indexOf(mine), 1)
    }
  }, [])
}
