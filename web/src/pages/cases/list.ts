import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { answer, api, type Schema } from '../../api/client'
import { steadily } from '../../list/held'
import { size } from '../../list/page'

export type ListedCase = Schema['ListedCase']

/** The orders of lists of cases. */
export const caseOrders = ['registered', '-registered', 'since', '-since', 'due', '-due', 'stage', '-stage'] as const

interface Asked {
  filter: string
  sort: (typeof caseOrders)[number]
  page: number | undefined
}

/** One page of the cases that an expression picks. */
export function useCases({ filter, sort, page = 1 }: Asked) {
  return useQuery({
    queryKey: ['cases', { filter, sort, page }],
    queryFn: async () => {
      const query = { ...(filter ? { filter } : {}), sort, page, limit: size }
      const { cases, total, total_is_least } = await answer(api.GET('/v1/cases', { params: { query } }))
      return { rows: cases ?? [], total: total ?? 0, least: total_is_least }
    },
    placeholderData: keepPreviousData,
    refetchInterval: steadily(5_000),
  })
}

/** How many open cases stand in each queue, of those that an expression picks. */
export function useQueueCounts(filter: string | undefined) {
  return useQuery({
    queryKey: ['cases', 'queues', filter],
    queryFn: async () => {
      const query = { group_by: 'queue' as const, ...(filter ? { filter } : {}) }
      const { groups } = await answer(api.GET('/v1/cases', { params: { query } }))
      return new Map((groups ?? []).map((g) => [g.value, g]))
    },
    placeholderData: keepPreviousData,
    refetchInterval: steadily(5_000),
  })
}
