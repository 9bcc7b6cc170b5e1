import type { Schema } from '../../api/client'

/** What a class is for. */
export function Target({ of }: { of: Pick<Schema['ClassView'], 'occupation' | 'direction' | 'level'> }) {
  return [of.occupation.name, of.direction?.name, of.level.name].filter(Boolean).join(' · ')
}
