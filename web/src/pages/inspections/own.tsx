import { useQuery } from '@tanstack/react-query'
import { answer, api } from '../../api/client'
import { Suspended } from '../institutions/record'

/** That one's own institution is suspended, and why. */
export function OwnSuspension({ id }: { id: string }) {
  const record = useQuery({
    queryKey: ['record', id],
    queryFn: () => answer(api.GET('/v1/institution-records/{ref}', { params: { path: { ref: id } } })),
  })
  return record.data?.suspension ? <Suspended of={record.data.suspension} /> : null
}
