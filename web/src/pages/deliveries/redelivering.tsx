import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { answer, api } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import { dayBegins, type Picked, redeliveryOf } from './picked'

/** What the filters pick is sent once more: how many that are is shown before. */
export function Redelivering({ picked }: { picked: Picked }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [asked, setAsked] = useState(false)
  const { institution, since, type, state } = picked
  const endpoint = useQuery({
    queryKey: ['endpoint', 'of', institution ?? ''],
    queryFn: async () => {
      const { endpoints } = await answer(api.GET('/v1/endpoints', { params: { query: { q: institution ?? '' } } }))
      return endpoints.find((e) => !institution || e.institution.id === institution) ?? null
    },
  })
  const count = useQuery({
    queryKey: ['deliveries', 'picked', picked],
    enabled: asked,
    queryFn: async () => {
      const states =
        state === 'delivered' || state === 'failed' ? ([state] as const) : (['delivered', 'failed'] as const)
      const counts = states.map(async (one) => {
        const query = {
          state: one,
          limit: 1,
          page: 1,
          ...(institution ? { institution } : {}),
          ...(type ? { type: type as 'task.issued' } : {}),
          ...(since ? { since: dayBegins(since) } : {}),
        }
        return (await answer(api.GET('/v1/deliveries', { params: { query } }))).total
      })
      return (await Promise.all(counts)).reduce((sum, n) => sum + n, 0)
    },
  })
  const again = useMutation({
    mutationFn: (id: string) =>
      answer(api.POST('/v1/endpoints/{id}/redelivery', { params: { path: { id } }, body: redeliveryOf(picked) })),
    onSuccess: () => {
      setAsked(false)
      void queries.invalidateQueries({ queryKey: ['deliveries'] })
    },
  })
  if (!endpoint.data) return null
  const { id } = endpoint.data
  return (
    <div className="stack close below">
      {again.data && (
        <p className="alert good" role="status">
          {t('web.deliveries.redelivered', { n: again.data.redelivered })}
        </p>
      )}
      {again.error && <Trouble error={again.error} />}
      {asked ? (
        <div className="alert warn stack close">
          <p>{count.data === undefined ? t('web.note.loading') : t('web.deliveries.confirm', { n: count.data })}</p>
          <div className="row">
            <Button type="primary" disabled={!count.data} loading={again.isPending} onClick={() => again.mutate(id)}>
              {t('web.deliveries.all_again')}
            </Button>
            <Button onClick={() => setAsked(false)}>{t('web.answer.back')}</Button>
          </div>
        </div>
      ) : (
        <div>
          <Button onClick={() => setAsked(true)}>{t('web.deliveries.all_again')}</Button>
        </div>
      )}
    </div>
  )
}
