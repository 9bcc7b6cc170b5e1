import { useQuery } from '@tanstack/react-query'
import { answer, api } from '../api/client'

/** The institutions on the published lists, the bases of continuing education too, as they are chosen among. */
export const useInstitutions = (enabled = true) =>
  useQuery({
    queryKey: ['institutions'],
    queryFn: async () => {
      const { institutions, ce_bases } = await answer(api.GET('/v1/institutions'))
      const names = new Map([...institutions, ...ce_bases].map(({ id, name }) => [id, name]))
      return [...names].map(([value, label]) => ({ value, label })).filter(({ value }) => value)
    },
    staleTime: 60_000,
    enabled,
  })
