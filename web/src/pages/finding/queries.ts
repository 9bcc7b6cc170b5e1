import { queryOptions } from '@tanstack/react-query'
import { answer, api, type Schema } from '../../api/client'

export type Found = Schema['FoundView']

/** What the address says of which institutions are sought. */
export interface Sought {
  q?: string
  role?: 'training' | 'evaluation' | 'ce_base'
  occupation?: string
  district?: string
}

export const directoryQuery = (lang: string, sought: Sought) =>
  queryOptions({
    queryKey: ['institution-directory', lang, sought],
    queryFn: () => answer(api.GET('/v1/institution-directory', { params: { query: sought } })),
    staleTime: 30_000,
    placeholderData: (before) => before,
  })
