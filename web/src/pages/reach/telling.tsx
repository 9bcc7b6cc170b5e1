import { useQuery } from '@tanstack/react-query'
import { answer, api, type Schema } from '../../api/client'
import { Coming } from '../../shell/arrived'
import { useWords } from '../../words/words'
import { type Channel, Confirming } from './confirming'
import { Preferences } from './preferences'

type Known = Schema['ContactsView']

/** By which channels somebody is told beside these pages, and how they want to be. */
export function Telling({ known }: { known: Known }) {
  const { t } = useWords()
  const wanted = useQuery({
    queryKey: ['my', 'preferences'],
    queryFn: () => answer(api.GET('/v1/me/notification-preferences')),
  })
  if (!wanted.data) return <Coming of={wanted} rows={6} />
  const channels = wanted.data.channels
  return (
    <section className="sheet stack close" aria-labelledby="telling">
      <h2 id="telling">{t('web.reach.telling')}</h2>
      <p className="quiet small">{t(channels.length ? 'web.reach.telling_lead' : 'web.reach.pages_only')}</p>
      {channels.length > 0 && (
        <>
          <ul className="plain channels">
            {channels.map((channel) => (
              <li key={channel}>
                <Standing channel={channel} known={known} />
              </li>
            ))}
          </ul>
          <Preferences wanted={wanted.data} />
        </>
      )}
    </section>
  )
}

/** Whether somebody is reached by a channel, and if not yet, what to do. */
function Standing({ channel, known }: { channel: Channel; known: Known }) {
  const { t } = useWords()
  const [where, confirmed] =
    channel === 'email' ? [known.email, known.email_confirmed_at] : [known.phone, known.phone_confirmed_at]
  const said = !where ? 'channel_none' : confirmed ? 'channel_confirmed' : 'channel_open'
  return (
    <div className="stack close">
      <p>
        <strong>{t(`web.reach.channel.${channel}`)}</strong>{' '}
        <span className={said === 'channel_open' ? 'ask' : undefined}>{t(`web.reach.${said}`, { known: where })}</span>
      </p>
      {said === 'channel_open' && <Confirming key={where} channel={channel} known={where} />}
    </div>
  )
}
