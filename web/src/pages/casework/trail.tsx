import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { answer, api } from '../../api/client'
import { Coming } from '../../shell/arrived'
import { useWords } from '../../words/words'
import { Entry } from '../audit/entry'

/** Who did what to the case and who read it: its part of the audit log. */
export function Trail({ id }: { id: string }) {
  const { t } = useWords()
  const trail = useInfiniteQuery({
    queryKey: ['case', id, 'audit'],
    initialPageParam: '',
    queryFn: ({ pageParam: after }) =>
      answer(api.GET('/v1/cases/{id}/audit', { params: { path: { id }, query: after ? { after } : {} } })),
    getNextPageParam: (last) => last.next ?? undefined,
  })
  if (!trail.data) return <Coming of={trail} />
  const entries = trail.data.pages.flatMap((page) => page.entries)
  return (
    <section className="sheet stack close" aria-label={t('web.casework.section.audit')}>
      {entries.length === 0 && <p className="quiet">{t('web.audit.none')}</p>}
      <ul className="plain lines">
        {entries.map((e) => (
          <Entry key={e.id} e={e} />
        ))}
      </ul>
      {trail.hasNextPage && (
        <div>
          <Button onClick={() => void trail.fetchNextPage()} loading={trail.isFetchingNextPage}>
            {t('web.audit.more')}
          </Button>
        </div>
      )}
    </section>
  )
}
