import type { Role } from '../api/session'
import type { Key } from '../words/message'

/** What an account is called. One that somebody made for themselves was given no name by others. */
export const who = (t: (key: Key) => string, account: { label: string; role: Role }) =>
  account.label || t(`web.role.${account.role}`)
