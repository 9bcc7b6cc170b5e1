import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { answer, api } from '../../api/client'
import { Filters } from '../../list/filters'
import { useChange } from '../../list/page'
import { Note, Trouble } from '../../shell/notes'
import { Waiting } from '../../shell/waiting'
import { daysAfter, instant } from '../../words/beijing'
import { moment, number } from '../../words/time'
import { useWords } from '../../words/words'
import { Entry } from './entry'

/** The audit log of everything: who did what, to what, when and why. */
export function Audit() {
  const { t } = useWords()
  const asked = useSearch({ from: '/inside/audit' })
  const change = useChange()
  const { since, until, ...rest } = asked
  const query = {
    ...rest,
    ...(since ? { since: instant(since, '00:00') } : {}),
    ...(until ? { until: instant(daysAfter(until, 1), '00:00') } : {}),
  }
  const log = useInfiniteQuery({
    queryKey: ['audit', query],
    initialPageParam: '',
    queryFn: ({ pageParam: after }) =>
      answer(api.GET('/v1/audit', { params: { query: after ? { ...query, after } : query } })),
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
  })
  const entries = log.data?.pages.flatMap((page) => page.entries)
  return (
    <>
      <header className="head stack close">
        <h1>{t('web.audit.title')}</h1>
        <p className="quiet">{t('web.audit.lead')}</p>
        <Chain />
      </header>
      <p className="row small">
        {(['csv', 'xlsx'] as const).map((format) => (
          <a key={format} href={exported(format, asked)} download>
            {t(`web.audit.export_${format}`)}
          </a>
        ))}
      </p>
      <Filters
        onChange={change}
        filters={[
          {
            name: 'actor',
            label: t('web.audit.actor'),
            value: asked.actor,
            type: 'search',
            hint: t('web.audit.actor_hint'),
          },
          { name: 'action', label: t('web.audit.action'), value: asked.action, type: 'search', hint: 'case.register' },
          { name: 'subject', label: t('web.audit.subject'), value: asked.subject, type: 'search', hint: 'case:…' },
          { name: 'since', label: t('web.audit.since'), value: since, type: 'date' },
          { name: 'until', label: t('web.audit.until'), value: until, type: 'date' },
        ]}
      />
      {log.error && !entries ? (
        <Trouble error={log.error} again={() => void log.refetch()} />
      ) : !entries ? (
        <Waiting rows={8} />
      ) : entries.length === 0 ? (
        <div className="sheet">
          <Note title={t('web.audit.none')}>
            <p>{t('web.audit.none_advice')}</p>
          </Note>
        </div>
      ) : (
        <section className="sheet stack close" aria-label={t('web.audit.title')} aria-busy={log.isFetching}>
          <ul className="plain lines">
            {entries.map((e) => (
              <Entry key={e.id} e={e} />
            ))}
          </ul>
          {log.hasNextPage && (
            <div>
              <Button onClick={() => void log.fetchNextPage()} loading={log.isFetchingNextPage}>
                {t('web.audit.more')}
              </Button>
            </div>
          )}
        </section>
      )}
    </>
  )
}

/** Where the entries that fit are had as a file. */
function exported(
  format: string,
  asked: { actor?: string; action?: string; subject?: string; since?: string; until?: string },
) {
  const terms = [
    ...(['actor', 'action', 'subject'] as const).flatMap((f) => (asked[f] ? [`${f}:"${asked[f]}"`] : [])),
    ...(asked.since ? [`at>${daysAfter(asked.since, -1)}`] : []),
    ...(asked.until ? [`at<${daysAfter(asked.until, 1)}`] : []),
  ]
  const query = new URLSearchParams({ format, ...(terms.length ? { filter: terms.join(' ') } : {}) })
  return `/v1/exports/audit?${query}`
}

/** Whether the newest of the log is as it was written. */
function Chain() {
  const { t, lang } = useWords()
  const chain = useQuery({ queryKey: ['audit-chain'], queryFn: () => answer(api.GET('/v1/audit/chain')) })
  if (chain.error) return <Trouble error={chain.error} again={() => void chain.refetch()} />
  if (!chain.data) return null
  const { rows, checked, faults, end, checked_at } = chain.data
  return (
    <div className={`alert ${faults ? '' : 'good'} stack close`} role="status" data-faults={faults}>
      <strong>
        {faults
          ? t('web.audit.broken', { n: number(lang, faults) })
          : t('web.audit.whole', { checked: number(lang, checked), rows: number(lang, rows) })}
      </strong>
      <p className="small quiet">
        {t('web.audit.checked', { at: moment(lang, checked_at) })} {t('web.audit.verify')}
      </p>
      {end && (
        <p className="small quiet">
          {t('web.audit.anchor')} <span className="mono break">{end}</span>
        </p>
      )}
    </div>
  )
}
