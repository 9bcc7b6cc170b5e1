import { queryOptions, useQuery } from '@tanstack/react-query'
import { answer, api, type Schema } from './client'
import { Failure } from './failure'

export type Session = Schema['LoggedIn']
export type Role = Session['account']['role']

/** Who is logged in; null when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<Session | null> => {
    try {
      return await answer(api.GET('/v1/session'))
    } catch (error) {
      if (error instanceof Failure && error.status === 401) return null
      throw error
    }
  },
  staleTime: 60_000,
})

/** The session of a page that only they see who are logged in. */
export function useSession(): Session {
  const { data } = useQuery(sessionQuery)
  if (!data) throw new Error('a page for those who are logged in was shown to somebody who is not')
  return data
}

/** What each role sees first. */
export const homes = {
  trainee: '/my',
  institution: '/tasks',
  operator: '/overview',
  administrator: '/accounts',
} as const satisfies Record<Role, string>
