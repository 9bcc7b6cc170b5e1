import { Button } from 'antd'
import { useWords } from '../words/words'
import type { Steady } from './held'

/** Says what changed in a list under its reader, and shows it when they ask. */
export function Changed<T>({ steady }: { steady: Steady<T> }) {
  const { t } = useWords()
  const { came, gone } = steady.changed
  return (
    <div role="status" className="changed">
      {(came > 0 || gone.size > 0) && (
        <p className="row">
          <span>{t('web.list.changed', { came, gone: gone.size })}</span>
          <Button size="small" onClick={steady.accept}>
            {t('web.list.show_now')}
          </Button>
        </p>
      )}
    </div>
  )
}
