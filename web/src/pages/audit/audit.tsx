import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { answer, api } from '../../api/client'
import { useAuditFields } from '../../list/deskfields'
import { both, condition } from '../../list/expression'
import { Filters } from '../../list/filters'
import { Narrowed } from '../../list/narrowed'
import { useChange } from '../../list/page'
import { Arrived } from '../../shell/arrived'
import '../../list/tools.css'
import { useKeys } from '../../shell/keys'
import { Note, Trouble } from '../../shell/notes'
import { daysAfter } from '../../words/beijing'
import { moment, number } from '../../words/time'
import { useWords } from '../../words/words'
import { Entry } from './entry'

const Tools = lazy(() => import('../../list/tools').then((m) => ({ default: m.Tools })))

/** The audit log of everything: who did what, to what, when and why. */
export function Audit() {
  const { t } = useWords()
  const asked = useSearch({ from: '/inside/audit' })
  const change = useChange()
  const [building, build] = useState(false)
  useKeys([{ key: '/', name: t('web.keyboard.search'), run: () => build(true) }])
  const { since, until, actor, action, subject, filter } = asked
  const whole = both(
    condition('actor', actor),
    condition('action', action),
    condition('subject', subject),
    since && `at>${daysAfter(since, -1)}`,
    until && `at<${daysAfter(until, 1)}`,
    filter,
  )
  const log = useInfiniteQuery({
    queryKey: ['audit', whole],
    initialPageParam: '',
    queryFn: ({ pageParam: after }) =>
      answer(
        api.GET('/v1/audit', { params: { query: { ...(whole ? { filter: whole } : {}), ...(after && { after }) } } }),
      ),
    getNextPageParam: (last) => last.next ?? undefined,
    select: ({ pages }) => pages.flatMap(({ entries }) => entries),
    placeholderData: keepPreviousData,
  })
  return (
    <>
      <header className="head stack close">
        <h1>{t('web.audit.title')}</h1>
        <p className="quiet">{t('web.audit.lead')}</p>
        <Chain />
      </header>
      <div className="tools-row">
        <Filters
          onChange={change}
          filters={[
            {
              name: 'actor',
              label: t('web.audit.actor'),
              value: actor,
              type: 'search',
              hint: t('web.audit.actor_hint'),
            },
            { name: 'action', label: t('web.audit.action'), value: action, type: 'search', hint: 'case.register' },
            { name: 'subject', label: t('web.audit.subject'), value: subject, type: 'search', hint: 'case:…' },
            { name: 'since', label: t('web.audit.since'), value: since, type: 'date' },
            { name: 'until', label: t('web.audit.until'), value: until, type: 'date' },
          ]}
        />
        <Suspense fallback={<div className="tools-place" />}>
          <Tools list="audit" search={asked} file="audit" whole={whole} sort="" building={building} build={build} />
        </Suspense>
      </div>
      <Narrowed
        fields={useAuditFields()}
        filter={filter}
        whole={whole}
        building={building}
        build={build}
        error={log.error}
      />
      <Arrived of={log} rows={8}>
        {(entries) =>
          entries.length === 0 ? (
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
          )
        }
      </Arrived>
    </>
  )
}

/** Whether the newest of the log is as it was written. */
function Chain() {
  const { t, lang } = useWords()
  const chain = useQuery({ queryKey: ['audit-chain'], queryFn: () => answer(api.GET('/v1/audit/chain')) })
  if (chain.error && !chain.data) return <Trouble error={chain.error} again={() => void chain.refetch()} />
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
