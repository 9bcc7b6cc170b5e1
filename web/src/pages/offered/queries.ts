import { queryOptions } from '@tanstack/react-query'
import { answer, api, type Schema } from '../../api/client'

export type Offered = Schema['OfferedView']
export type OfferedClass = Schema['OfferedOutputBody']

/** What the address of the calendar says. */
export interface Asked {
  occupation?: string
  level?: 'junior' | 'intermediate' | 'senior'
  delivery?: 'onsite' | 'online' | 'mixed'
  institution?: string
  places?: 'free'
  sort?: '-starts_on' | 'fee' | '-fee'
  page?: number
}

export const pageSize = 30

export const offeredQuery = (asked: Asked) =>
  queryOptions({
    queryKey: ['offered', asked],
    queryFn: () => answer(api.GET('/v1/offered-classes', { params: { query: { ...asked, limit: pageSize } } })),
    staleTime: 30_000,
    placeholderData: (before) => before,
  })

export const oneOffered = (id: string) =>
  queryOptions({
    queryKey: ['offered', 'one', id],
    queryFn: () => answer(api.GET('/v1/offered-classes/{id}', { params: { path: { id } } })),
    staleTime: 30_000,
  })
