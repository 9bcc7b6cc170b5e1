import { queryOptions } from '@tanstack/react-query'
import { answer, api, type Schema } from '../../api/client'

export type Endpoint = Schema['EndpointView']
export type EndpointDetail = Schema['EndpointDetail']

/** One endpoint, and what signs for it. Its state changes by itself. */
export const endpointQuery = (id: string) =>
  queryOptions({
    queryKey: ['endpoint', id],
    queryFn: () => answer(api.GET('/v1/endpoints/{id}', { params: { path: { id } } })),
    refetchInterval: 5_000,
  })

/** The one endpoint of an institution's own; null while it has none. */
export const ownEndpoint = queryOptions({
  queryKey: ['endpoint', 'own'],
  queryFn: async () => (await answer(api.GET('/v1/endpoints'))).endpoints[0] ?? null,
})
