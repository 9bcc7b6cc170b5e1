import { queryOptions } from '@tanstack/react-query'
import { answer, api } from '../../api/client'

/** The occupations with their directions, and what the standard of each level teaches. */
export const catalogue = queryOptions({
  queryKey: ['catalogue'],
  queryFn: () => answer(api.GET('/v1/catalogue')),
  staleTime: 600_000,
})
