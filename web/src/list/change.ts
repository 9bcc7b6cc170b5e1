import { useNavigate } from '@tanstack/react-router'

/** What is different in the address from now on; undefined is not said any more. */
export type Change = Record<string, string | number | undefined>

/** Changes what the address says of a list. Where the reader stays, the page is not scrolled to its top. */
export function useChange({ stay = false } = {}) {
  const navigate = useNavigate()
  // Which list it is, only the page knows; its route reads the address before anything else does.
  return (change: Change) =>
    void navigate({ to: '.', search: ((before: Change) => ({ ...before, ...change })) as never, resetScroll: !stay })
}
