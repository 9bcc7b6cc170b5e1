import { queryOptions } from '@tanstack/react-query'
import { answer, api } from '../../api/client'

/** The ways in that there are. */
export const waysQuery = queryOptions({
  queryKey: ['ways'],
  queryFn: () => answer(api.GET('/v1/session/ways')),
  staleTime: 60_000,
})
