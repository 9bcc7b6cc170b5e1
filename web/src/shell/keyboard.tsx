import { SearchOutlined } from '@ant-design/icons'
import { lazy, Suspense, useEffect, useState } from 'react'
import type { Role } from '../api/session'
import { useWords } from '../words/words'
import { useKeys } from './keys'

const Palette = lazy(() => import('./palette').then((m) => ({ default: m.Palette })))
const KeysList = lazy(() => import('./keyslist').then((m) => ({ default: m.KeysList })))

/** What the keyboard does everywhere: the palette, and which keys there are. */
export function Keyboard({ role }: { role: Role }) {
  const { t } = useWords()
  const [open, show] = useState<'palette' | 'keys'>()
  useEffect(() => {
    const press = (e: KeyboardEvent) => {
      if (e.key.toLowerCase() !== 'k' || !(e.ctrlKey || e.metaKey) || e.shiftKey || e.altKey) return
      e.preventDefault() // in some browsers this leads to their own field for searching
      show((before) => (before === 'palette' ? undefined : 'palette'))
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
  useKeys([{ key: '?', name: t('web.keyboard.title'), run: () => show('keys') }])
  const close = () => show(undefined)
  return (
    <>
      <button
        type="button"
        className="tool"
        onClick={() => show('palette')}
        aria-label={t('web.palette.title')}
        title={`${t('web.palette.title')} ⌘K`}
      >
        <SearchOutlined aria-hidden />
      </button>
      <Suspense>
        {open === 'palette' && <Palette role={role} close={close} />}
        {open === 'keys' && <KeysList close={close} />}
      </Suspense>
    </>
  )
}
