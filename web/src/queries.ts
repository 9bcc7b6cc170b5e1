import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { Failure, passing } from './api/failure'
import { sessionQuery } from './api/session'

// An answer that says nobody is logged in ends the session here as well: the router then leads to the log-in and back.
const ended = (error: unknown) => {
  if (error instanceof Failure && error.code === 'unauthenticated') queries.setQueryData(sessionQuery.queryKey, null)
}

export const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: ended }),
  mutationCache: new MutationCache({ onError: ended }),
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 2 && passing(error),
      retryDelay: (attempt) => 500 * 2 ** attempt,
      staleTime: 5_000,
    },
  },
})
