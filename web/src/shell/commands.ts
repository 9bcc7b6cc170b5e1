// What can be done from the palette beside going somewhere: what the page that is shown offers.

import { useEffect, useRef } from 'react'

export interface Command {
  id: string
  name: string
  /** What it is: a view, an act. */
  kind: string
  run: () => void
}

const offered: { commands: Command[] }[] = []

/** All that the page offers now. */
export const commandsNow = () => offered.flatMap(({ commands }) => commands)

/** Offers commands while the page is there. */
export function useCommands(commands: Command[]) {
  const mine = useRef({ commands })
  mine.current.commands = commands
  useEffect(() => {
    const page = mine.current
    offered.push(page)
    return () => void offered.splice(offered.indexOf(page), 1)
  }, [])
}
