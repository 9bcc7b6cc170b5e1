import { queryOptions } from '@tanstack/react-query'
import { answer, api } from '../../api/client'

/** The institution's classes, to choose one of. */
export const classesQuery = queryOptions({
  queryKey: ['classes', 'choice'],
  queryFn: async () => (await answer(api.GET('/v1/classes', { params: { query: { limit: 200 } } }))).classes,
  staleTime: 30_000,
})

/** The institution's staff. That they were read is written down. */
export const staffQuery = queryOptions({
  queryKey: ['staff'],
  queryFn: async () => (await answer(api.GET('/v1/staff'))).staff,
  staleTime: 60_000,
})
