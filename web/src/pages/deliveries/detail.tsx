import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { Arrived } from '../../shell/arrived'
import { Aside } from '../../shell/aside'
import { Trouble } from '../../shell/notes'
import { Verbatim } from '../../shell/verbatim'
import type { Key } from '../../words/message'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Attempt } from './attempt'
import { DeliveryState } from './state'

type Delivery = Schema['DeliveryDetail']

/** One event: what is posted, every attempt, and when the next is. */
export function DeliverySheet({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useWords()
  const delivery = useQuery({
    queryKey: ['delivery', id],
    queryFn: () => answer(api.GET('/v1/deliveries/{id}', { params: { path: { id } } })),
    refetchInterval: (q) => (q.state.data?.state === 'pending' ? 3_000 : false),
  })
  return (
    <Aside
      onClose={onClose}
      title={delivery.data ? t(`web.event_type.${delivery.data.type}` as Key) : t('web.deliveries.one')}
    >
      <Arrived of={delivery}>{(data) => <Told of={data} />}</Arrived>
    </Aside>
  )
}

function Told({ of }: { of: Delivery }) {
  const { t, lang } = useWords()
  return (
    <div className="stack">
      <dl className="facts">
        <dt>{t('web.deliveries.id')}</dt>
        <dd className="mono small">{of.id}</dd>
        <dt>{t('web.role.institution')}</dt>
        <dd>{of.institution.name}</dd>
        <dt>{t('web.deliveries.state')}</dt>
        <dd>
          <DeliveryState of={of} />
        </dd>
        <dt>{t('web.deliveries.written')}</dt>
        <dd>{moment(lang, of.created_at)}</dd>
        {of.state === 'pending' && (
          <>
            <dt>{t('web.deliveries.next')}</dt>
            <dd>{of.next_attempt_at ? moment(lang, of.next_attempt_at) : t('web.deliveries.stopped')}</dd>
          </>
        )}
      </dl>
      {!of.test && of.state !== 'pending' && <Again id={of.id} />}
      <section className="stack close" aria-labelledby="attempts">
        <h2 id="attempts">{t('web.deliveries.attempts')}</h2>
        {of.log.length === 0 && <p className="quiet">{t('web.deliveries.untried')}</p>}
        <ol className="plain lines">
          {of.log.map((attempt) => (
            <li key={attempt.attempt}>
              <Attempt of={attempt} />
            </li>
          ))}
        </ol>
      </section>
      <section className="stack close" aria-labelledby="body">
        <h2 id="body">{t('web.deliveries.body')}</h2>
        <Verbatim>{JSON.stringify(of.body, null, 2)}</Verbatim>
      </section>
    </div>
  )
}

/** The event is sent once more. */
function Again({ id }: { id: string }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const again = useMutation({
    mutationFn: () => answer(api.POST('/v1/deliveries/{id}/redelivery', { params: { path: { id } }, body: {} })),
    onSuccess: (data) => {
      queries.setQueryData(['delivery', id], data)
      void queries.invalidateQueries({ queryKey: ['deliveries'] })
    },
  })
  return (
    <div className="stack close">
      {again.error && <Trouble error={again.error} />}
      <div>
        <Button type="primary" loading={again.isPending} onClick={() => again.mutate()}>
          {t('web.deliveries.again')}
        </Button>
      </div>
    </div>
  )
}
