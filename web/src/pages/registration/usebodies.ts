import { useQuery } from '@tanstack/react-query'
import { answer, api } from '../../api/client'

/** What the institutions that are listed for an occupation are called. */
export function useBodies(occupation: string | undefined): (id: string | undefined) => string | undefined {
  const listed = useQuery({
    queryKey: ['listed', occupation],
    enabled: Boolean(occupation),
    queryFn: () => answer(api.GET('/v1/institutions', { params: { query: { occupation: occupation ?? '' } } })),
  })
  return (id) => (id ? (listed.data?.institutions.find((i) => i.id === id)?.name ?? id) : undefined)
}
