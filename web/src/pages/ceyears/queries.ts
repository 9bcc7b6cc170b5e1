import { queryOptions } from '@tanstack/react-query'
import { answer, api, type Schema } from '../../api/client'

export type Year = Schema['CeYearView']

export const yearsQuery = queryOptions({
  queryKey: ['ce-years'],
  queryFn: async () => (await answer(api.GET('/v1/ce-years'))).years,
  refetchInterval: 30_000,
})
