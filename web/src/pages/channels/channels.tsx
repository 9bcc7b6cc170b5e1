import { queryOptions, useQuery } from '@tanstack/react-query'
import { Fragment } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { Arrived } from '../../shell/arrived'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Turning } from './turning'

export type Channel = Schema['ChannelView']

const channelsQuery = queryOptions({
  queryKey: ['channels'],
  queryFn: async () => (await answer(api.GET('/v1/channels'))).channels,
  refetchInterval: 10_000,
})

/** How the ways to the public registers are doing, in which certificates must be found. */
export function Channels() {
  const { t } = useWords()
  const channels = useQuery(channelsQuery)
  return (
    <div className="stack">
      <header className="stack close">
        <h1>{t('web.channels.title')}</h1>
        <p className="quiet">{t('web.channels.lead')}</p>
      </header>
      <Arrived of={channels}>{(data) => data.map((channel) => <One key={channel.id} of={channel} />)}</Arrived>
    </div>
  )
}

/** What a channel is, the worst first. */
function State({ of }: { of: Channel }) {
  const { t } = useWords()
  if (!of.connected) return <span className="mark warn">{t('web.channels.not_connected')}</span>
  if (of.state === 'paused') return <span className="mark warn">{t('web.channels.paused')}</span>
  if (of.failing_since) return <span className="mark bad">{t('web.channels.failing')}</span>
  return <span className="mark good">{t('web.channels.active')}</span>
}

function One({ of }: { of: Channel }) {
  const { t, lang, name } = useWords()
  const facts: [string, string | number][] = [
    [t('web.channels.waiting'), of.waiting],
    [t('web.channels.acknowledged'), of.acknowledged],
    [t('web.channels.refused'), of.refused],
    [t('web.channels.published'), of.published],
  ]
  if (of.oldest) facts.push([t('web.channels.oldest'), moment(lang, of.oldest)])
  if (of.failing_since) {
    facts.push([
      t('web.channels.failing_since'),
      t('web.channels.failures', { at: moment(lang, of.failing_since), n: of.failures }),
    ])
  }
  if (of.error) facts.push([t('web.channels.error'), name('delivery_error', of.error)])
  if (of.not_before) facts.push([t('web.channels.not_before'), moment(lang, of.not_before)])
  facts.push([
    t('web.channels.reconciled'),
    of.reconciled_at ? moment(lang, of.reconciled_at) : t('web.channels.never_reconciled'),
  ])
  return (
    <section className="sheet stack close" aria-labelledby={of.id}>
      <div className="row apart">
        <h2 id={of.id}>{of.name}</h2>
        <State of={of} />
      </div>
      <dl className="facts">
        {facts.map(([what, value]) => (
          <Fragment key={what}>
            <dt>{what}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
      </dl>
      <Turning of={of} />
    </section>
  )
}
