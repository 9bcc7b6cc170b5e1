import type { Facts } from '../casework/applicant'
import type { Target } from './target'

// What somebody told before they registered is carried over to the registration, in this window alone: it names nobody, and is
// gone once it was taken up.

export interface Told extends Target {
  applicant?: Facts
  /** Whether the registration is to begin with it at once. */
  begin?: boolean
}

const key = 'dengpan.told'

export function carry(told: Told) {
  sessionStorage.setItem(key, JSON.stringify(told))
}

/** What was carried over; it is not carried any further. */
export function takeCarried(): Told {
  const kept = sessionStorage.getItem(key)
  sessionStorage.removeItem(key)
  return kept ? (JSON.parse(kept) as Told) : {}
}
