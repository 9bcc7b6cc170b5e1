import { useQuery } from '@tanstack/react-query'
import { answer, api, type Schema } from '../../api/client'
import { Coming } from '../../shell/arrived'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

type Channel = Schema['TellingView']

const counts = ['sent', 'diverted', 'failed', 'unsure', 'waiting'] as const

/** How mail and SMS to trainees have been doing in the last 24 hours. */
export function Standing() {
  const { t, lang } = useWords()
  const channels = useQuery({
    queryKey: ['notification-channels'],
    queryFn: async () => (await answer(api.GET('/v1/notification-channels'))).channels,
    refetchInterval: 30_000,
  })
  if (!channels.data) return <Coming of={channels} rows={3} />
  return (
    <section className="sheet stack close" aria-labelledby="standing">
      <h2 id="standing">{t('web.templates.standing')}</h2>
      <table className="standing">
        <thead>
          <tr>
            <th scope="col">{t('web.templates.channel')}</th>
            {counts.map((c) => (
              <th key={c} scope="col" className="number">
                {t(`web.templates.count.${c}`)}
              </th>
            ))}
            <th scope="col">{t('web.templates.oldest')}</th>
          </tr>
        </thead>
        <tbody>
          {channels.data.map((c) => (
            <tr key={c.channel}>
              <th scope="row">
                {t(`web.reach.channel.${c.channel}`)} <Mark of={c} />
              </th>
              {counts.map((count) => (
                <td key={count} className="number">
                  {c[count]}
                </td>
              ))}
              <td>{c.oldest ? moment(lang, c.oldest) : '—'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="quiet small">{t('web.templates.standing_extra')}</p>
    </section>
  )
}

/** What a channel is, the worst first. */
function Mark({ of }: { of: Channel }) {
  const { t, name } = useWords()
  if (!of.connected) return <span className="mark warn">{t('web.templates.absent')}</span>
  if (of.error) return <span className="mark bad">{name('web.templates.error', of.error)}</span>
  if (of.failed || of.unsure || of.diverted) return <span className="mark warn">{t('web.templates.troubled')}</span>
  return <span className="mark good">{t('web.templates.well')}</span>
}
