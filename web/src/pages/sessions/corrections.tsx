import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { answer, api } from '../../api/client'
import { Arrived } from '../../shell/arrived'
import { Aside } from '../../shell/aside'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Reported } from './roster'

const tones = { counted: 'good', pending: 'warn', refused: 'bad' } as const

/** The institution's corrections: what held before, what is to hold, and what was decided. */
export function Corrections({ onClose }: { onClose: () => void }) {
  const { t, lang } = useWords()
  const all = useInfiniteQuery({
    queryKey: ['corrections'],
    queryFn: ({ pageParam }) =>
      answer(api.GET('/v1/attendance/corrections', { params: { query: pageParam ? { after: pageParam } : {} } })),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
    select: ({ pages }) => pages.flatMap(({ corrections }) => corrections),
  })
  return (
    <Aside onClose={onClose} title={t('web.corrections.title')}>
      <Arrived of={all}>
        {(rows) => (
          <div className="stack">
            {rows.length === 0 && <p className="quiet">{t('web.corrections.none')}</p>}
            <ul className="plain lines">
              {rows.map((row) => (
                <li key={row.id} className="stack close">
                  <div className="row apart">
                    <Link to="/sessions" search={{ session: row.session.id }}>
                      {row.session.ref}
                    </Link>
                    <span className={`mark ${tones[row.status]}`}>{t(`web.corrections.${row.status}`)}</span>
                  </div>
                  <div>
                    <Reported of={row.before} /> → <Reported of={row.after} />
                  </div>
                  <div className="quiet small">
                    {row.reason} · {moment(lang, row.received_at)}
                  </div>
                  {row.decision_reason && <div className="small">{row.decision_reason}</div>}
                </li>
              ))}
            </ul>
            {all.hasNextPage && (
              <Button loading={all.isFetchingNextPage} onClick={() => void all.fetchNextPage()}>
                {t('web.corrections.more')}
              </Button>
            )}
          </div>
        )}
      </Arrived>
    </Aside>
  )
}
