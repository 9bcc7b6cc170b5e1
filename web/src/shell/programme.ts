import { queryOptions } from '@tanstack/react-query'
import { answer, api } from '../api/client'

/** What the programme is, and whether what is shown is made up. */
export const programmeQuery = (lang: string) =>
  queryOptions({
    queryKey: ['programme', lang],
    queryFn: () => answer(api.GET('/v1/programme')),
    staleTime: 600_000,
  })
