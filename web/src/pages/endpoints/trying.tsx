import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { eventTypes } from '../../router'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import { Attempt } from '../deliveries/attempt'
import type { Endpoint } from './queries'

type Example = Schema['ExampleBody']['type']

const examples: readonly Example[] = eventTypes.filter((type) => type !== 'endpoint.ping')

/** The endpoint is tried: an event is sent that means nothing, or an example of each, and how that went is shown. */
export function Trying({ of }: { of: Endpoint }) {
  const { t } = useWords()
  const params = { path: { id: of.id } }
  const trial = useMutation({
    mutationFn: (type: Example | 'ping') =>
      type === 'ping'
        ? answer(api.POST('/v1/endpoints/{id}/ping', { params }))
        : answer(api.POST('/v1/endpoints/{id}/example', { params, body: { type } })),
  })
  return (
    <section className="stack close" aria-labelledby="trying">
      <h2 id="trying">{t('web.endpoint.trying')}</h2>
      <p className="quiet">{t('web.endpoint.trying_means')}</p>
      <div className="row">
        <Button type="primary" loading={trial.isPending} onClick={() => trial.mutate('ping')}>
          {t('web.endpoint.ping')}
        </Button>
        {examples.map((type) => (
          <Button key={type} disabled={trial.isPending} onClick={() => trial.mutate(type)}>
            {t(`web.event_type.${type}`)}
          </Button>
        ))}
      </div>
      {trial.error && <Trouble error={trial.error} />}
      {trial.data && <Outcome key={trial.data.delivery_id} id={trial.data.delivery_id} />}
    </section>
  )
}

/** How a trial went, as soon as it is known. */
function Outcome({ id }: { id: string }) {
  const { t } = useWords()
  const delivery = useQuery({
    queryKey: ['delivery', id],
    queryFn: () => answer(api.GET('/v1/deliveries/{id}', { params: { path: { id } } })),
    refetchInterval: (q) => (q.state.data?.log.length ? false : 700),
  })
  const last = delivery.data?.log.at(-1)
  return (
    <div className={`alert ${!last ? 'warn' : last.error ? '' : 'good'} stack close`} role="status">
      <strong>
        {t(!last ? 'web.endpoint.on_its_way' : last.error ? 'web.endpoint.not_taken' : 'web.endpoint.taken')}
      </strong>
      {last && <Attempt of={last} />}
      <Link to="/deliveries" search={{ delivery: id } as never}>
        {t('web.endpoint.to_log')}
      </Link>
    </div>
  )
}
