import { queryOptions, useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
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

/**
 * The session of a page that only they see who are logged in. Whose session ends is led to the log-in; until they are there,
 * the page stays as it was.
 */
export function useSession(): Session {
  const known = useRef<Session>(null)
  const { data } = useQuery(sessionQuery)
  if (data) known.current = data
  if (!known.current) throw new Error('a page for those who are logged in was shown to somebody who is not')
  return known.current
}

/** What each role sees first. */
export const homes = {
  trainee: '/my',
  institution: '/tasks',
  operator: '/overview',
  administrator: '/accounts',
  employer: '/staff',
} as const satisfies Record<Role, string>
