import type { RefObject } from 'react'
import { useKeys } from '../shell/keys'
import { useWords } from '../words/words'
import type { Verb } from './picked'
import type { Picks } from './picks'

interface Of<T> {
  listing: RefObject<HTMLDivElement | null>
  rows: T[]
  /** Missing: nothing can be done with several rows. */
  picks: Picks<T> | undefined
  verbs: Verb<T>[]
  /** Opens what the list is narrowed by. */
  build: () => void
}

/** The keys of a list. The row at hand is the one that has the focus: it is seen, and read out. */
export function useListKeys<T extends { id: string }>({ listing, rows, picks, verbs, build }: Of<T>) {
  const { t } = useWords()
  const lines = () => [...(listing.current?.querySelectorAll<HTMLTableRowElement>('tbody tr') ?? [])]
  const at = () => lines().findIndex((line) => line.contains(document.activeElement))
  const move = (by: number) => {
    const all = lines()
    const line = all[Math.min(all.length - 1, Math.max(0, at() + by))]
    line?.focus()
    line?.scrollIntoView({ block: 'nearest' })
  }
  const open = () => lines()[at()]?.querySelector<HTMLAnchorElement>('a.opener')?.click()
  // What is for one row is done with the one at hand, whichever are picked.
  const act = (verb: Verb<T>) => {
    const hand = rows[at()]
    const these = verb.many && picks?.rows.length ? picks.rows : hand ? [hand] : []
    if (these.length > 0) verb.run(these)
  }
  useKeys([
    { key: 'j', name: t('web.keyboard.down'), run: () => move(1) },
    { key: 'k', name: t('web.keyboard.up'), run: () => move(at() < 0 ? 1 : -1) },
    ...(picks
      ? [
          {
            key: 'x',
            name: t('web.keyboard.pick'),
            run: () => {
              const hand = rows[at()]
              if (hand) picks.toggle(hand)
            },
          },
        ]
      : []),
    { key: 'o', name: t('web.keyboard.open'), run: open },
    {
      key: 'Enter',
      name: t('web.keyboard.open'),
      // On what can be pressed within a row, the key presses that.
      when: () => document.activeElement instanceof HTMLTableRowElement,
      run: open,
    },
    ...verbs.flatMap((v) => (v.key ? [{ key: v.key, name: v.name, run: () => act(v) }] : [])),
    { key: '/', name: t('web.keyboard.search'), run: build },
  ])
}
