import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api, type Schema } from '../../api/client'
import { type Liveness, useLive } from '../../api/live'

export type Case = Schema['CaseView']
export type Line = Schema['EventView']

export const caseQuery = (id: string) =>
  queryOptions({
    queryKey: ['case', id],
    queryFn: () => answer(api.GET('/v1/cases/{id}', { params: { path: { id } } })),
  })

const pageSize = 500

/** A case's whole timeline. */
export const linesQuery = (id: string) =>
  queryOptions({
    queryKey: ['case', id, 'events'],
    queryFn: async () => {
      const lines: Line[] = []
      for (let after = 0; ; ) {
        const page = await answer(
          api.GET('/v1/cases/{id}/events', { params: { path: { id }, query: { after, limit: pageSize } } }),
        )
        lines.push(...page.events)
        if (page.events.length < pageSize) return lines
        after = page.next
      }
    },
  })

/** How often a page asks while no stream tells it what is new. */
const interval = 5_000

/** A case with its timeline, kept up to date. */
export function useCase(id: string) {
  const queries = useQueryClient()
  const timeline = useQuery(linesQuery(id))
  // Whatever of the case is shown may have changed, but for its lines: those come with the stream.
  const refresh = () =>
    void queries.invalidateQueries({ queryKey: ['case', id], predicate: ({ queryKey }) => queryKey[2] !== 'events' })
  const live: Liveness = useLive(id, timeline.data ? (timeline.data.at(-1)?.seq ?? 0) : undefined, {
    onLine: (line) => {
      queries.setQueryData(linesQuery(id).queryKey, (lines: Line[] = []) =>
        lines.some((known) => known.seq === line.seq) ? lines : [...lines, line],
      )
      refresh()
    },
    onHeadline: refresh,
  })
  const refetchInterval = live === 'polling' ? interval : false
  const shown = useQuery({ ...caseQuery(id), refetchInterval })
  useQuery({ ...linesQuery(id), refetchInterval })
  return { case: shown, timeline, live }
}
