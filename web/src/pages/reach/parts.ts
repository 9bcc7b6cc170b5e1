/** By what somebody can be reached. */
export const parts = ['phone', 'email', 'address'] as const
export type Part = (typeof parts)[number]

/** What the field of each takes, and what the browser may fill in for it. */
export const kinds: Record<Part, { inputMode: 'tel' | 'email' | 'text'; autoComplete: string; maxLength: number }> = {
  phone: { inputMode: 'tel', autoComplete: 'tel', maxLength: 40 },
  email: { inputMode: 'email', autoComplete: 'email', maxLength: 254 },
  address: { inputMode: 'text', autoComplete: 'street-address', maxLength: 200 },
}
