import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useSession } from '../../api/session'
import { Arrived, Coming } from '../../shell/arrived'
import { useWords } from '../../words/words'
import { endpointQuery, ownEndpoint } from './queries'
import { Secrets } from './secrets'
import { Settings } from './settings'
import { Setup } from './setup'
import { Standing } from './standing'
import { Trying } from './trying'
import { Turning } from './turning'

/** Where an institution is called, for its own staff. */
export function OwnEndpoint() {
  const { t } = useWords()
  const { account } = useSession()
  const queries = useQueryClient()
  const own = useQuery(ownEndpoint)
  return (
    <>
      <header className="head stack close">
        <h1>{t('web.place.endpoint')}</h1>
        <p className="quiet">{account.institution?.name}</p>
      </header>
      <Arrived of={own}>
        {(data) =>
          data === null ? (
            <section className="sheet stack close" aria-labelledby="setup">
              <h2 id="setup">{t('web.endpoint.setup')}</h2>
              <Setup onDone={() => void queries.invalidateQueries({ queryKey: ownEndpoint.queryKey })} />
              <p>
                <Link to="/guide">{t('web.endpoint.to_guide')}</Link>
              </p>
            </section>
          ) : (
            <Known id={data.id} />
          )
        }
      </Arrived>
    </>
  )
}

function Known({ id }: { id: string }) {
  const { t } = useWords()
  const endpoint = useQuery(endpointQuery(id))
  if (!endpoint.data) return <Coming of={endpoint} />
  return (
    <div className="columns">
      <div className="stack">
        <section className="sheet stack close" aria-label={t('web.endpoint.standing')}>
          <h2>{t('web.endpoint.standing')}</h2>
          <Standing of={endpoint.data} />
        </section>
        <div className="sheet">
          <Trying of={endpoint.data} />
        </div>
        <div className="sheet">
          <Secrets of={endpoint.data} />
        </div>
      </div>
      <div className="stack">
        <div className="sheet">
          <Turning of={endpoint.data} />
        </div>
        <div className="sheet">
          <Settings of={endpoint.data} />
        </div>
      </div>
    </div>
  )
}
