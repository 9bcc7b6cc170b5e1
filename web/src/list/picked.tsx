import { Button } from 'antd'
import { useWords } from '../words/words'
import type { Picks } from './picks'

/** Something that can be done with rows of a list. */
export interface Verb<T> {
  id: string
  name: string
  /** The key that does it, with what is picked or else with the row at hand. */
  key?: string
  /** It can be done with several at once. */
  many?: boolean
  run: (rows: T[]) => void
}

/** What is picked, and what can be done with it. */
export function PickedBar<T extends { id: string }>({ picks, verbs }: { picks: Picks<T>; verbs: Verb<T>[] }) {
  const { t } = useWords()
  const n = picks.rows.length
  if (n === 0) return null
  return (
    <section className="sheet picked row apart" aria-label={t('web.list.picked', { n })}>
      <span>
        {t('web.list.picked', { n })}{' '}
        <Button type="link" size="small" onClick={picks.none}>
          {t('web.list.pick_none')}
        </Button>
      </span>
      <span className="row">
        {verbs
          .filter((v) => v.many || n === 1)
          .map((v) => (
            <Button key={v.id} onClick={() => v.run(picks.rows)}>
              {v.name}
              {v.key && <kbd>{v.key}</kbd>}
            </Button>
          ))}
      </span>
    </section>
  )
}
