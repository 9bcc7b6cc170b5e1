import { queryOptions } from '@tanstack/react-query'
import { answer, api } from '../../api/client'

/** One task, with whom it is about. That somebody looked is written down by the server: it is not asked for again. */
export const taskQuery = (id: string) =>
  queryOptions({
    queryKey: ['task', id],
    queryFn: () => answer(api.GET('/v1/tasks/{id}', { params: { path: { id } } })),
    staleTime: 60_000,
  })
