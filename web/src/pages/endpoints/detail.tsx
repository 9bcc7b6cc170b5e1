import { useQuery } from '@tanstack/react-query'
import { Arrived } from '../../shell/arrived'
import { Aside } from '../../shell/aside'
import { useWords } from '../../words/words'
import { endpointQuery } from './queries'
import { Secrets } from './secrets'
import { Settings } from './settings'
import { Setup } from './setup'
import { Standing } from './standing'
import { Trying } from './trying'
import { Turning } from './turning'

/** One institution's endpoint, for an operator. */
export function EndpointSheet({ id, onClose }: { id: string; onClose: () => void }) {
  const endpoint = useQuery(endpointQuery(id))
  return (
    <Aside onClose={onClose} title={endpoint.data?.institution.name ?? '…'}>
      <Arrived of={endpoint}>
        {(data) => (
          <div className="stack">
            <Standing of={data} />
            <Turning of={data} />
            <Trying of={data} />
            <Secrets of={data} />
            <Settings of={data} />
          </div>
        )}
      </Arrived>
    </Aside>
  )
}

/** An institution that polls so far is to be called as well. */
export function SetupSheet({ onClose }: { onClose: () => void }) {
  const { t } = useWords()
  return (
    <Aside onClose={onClose} title={t('web.endpoint.setup')}>
      <Setup anybodys onDone={onClose} />
    </Aside>
  )
}
