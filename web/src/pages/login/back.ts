import { homes, type Role } from '../../api/session'

/** Where a reader goes after logging in: back to where they were, and nowhere else than here. */
export function wayBack(back: string | undefined, role: Role): string {
  const here = back && /^\/(?![/\\])/.test(back) && !back.startsWith('/login')
  return here ? back : homes[role]
}
