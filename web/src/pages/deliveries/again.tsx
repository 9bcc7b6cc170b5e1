import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { answer, api, type Schema } from '../../api/client'
import type { Verb } from '../../list/picked'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'

type Delivery = Schema['DeliveryView']

/** Events that are picked are sent once more, one by one. What waits to be sent is left as it is. */
export function useAgain(): { verb: Verb<Delivery>; said: ReactNode } {
  const { t } = useWords()
  const queries = useQueryClient()
  const again = useMutation({
    mutationFn: async (rows: Delivery[]) => {
      const those = rows.filter((row) => row.state !== 'pending')
      for (const { id } of those) {
        await answer(api.POST('/v1/deliveries/{id}/redelivery', { params: { path: { id } }, body: {} }))
      }
      return those.length
    },
    onSettled: () => void queries.invalidateQueries({ queryKey: ['deliveries'] }),
  })
  const verb = { id: 'again', name: t('web.deliveries.again'), key: 'r', many: true, run: again.mutate }
  const said = (
    <>
      {again.error && <Trouble error={again.error} />}
      {again.data !== undefined && <p>{t('web.deliveries.redelivered', { n: again.data })}</p>}
    </>
  )
  return { verb, said }
}
