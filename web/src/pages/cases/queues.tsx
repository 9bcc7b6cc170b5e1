import { useSearch } from '@tanstack/react-router'
import { both, condition } from '../../list/expression'
import { useChange } from '../../list/page'
import { Trouble } from '../../shell/notes'
import { fromNow } from '../../words/time'
import { useWords } from '../../words/words'
import { useQueueCounts } from './list'
import { CaseList } from './page'
import './queues.css'

/** The four ways of being stuck, and the other queues: what waits for an operator first, what needs nobody last. */
const stuck = ['program', 'external', 'overdue', 'decision'] as const
const others = ['approval', 'paused', 'institution', 'trainee', 'calendar', 'running'] as const

/** Every open case stands in one queue: how many in each, and the cases of one. */
export function Queues() {
  const { t, name } = useWords()
  const { queue, ...search } = useSearch({ from: '/inside/queues' })
  // Without a queue, the cases that are stuck.
  const shown = queue ? [queue] : stuck
  return (
    <CaseList
      list="queues"
      also={{ queue }}
      heading={t('web.place.queues')}
      lead={queue ? t(`web.queues.${queue}`) : t('web.queues.lead')}
      above={<Counts queue={queue} filter={search.filter} />}
      search={search}
      whole={both(condition('queue', ...shown), search.filter)}
      standing="since"
      none={{
        title: queue ? t('web.queues.none', { queue: name('queue', queue) }) : t('web.queues.none_stuck'),
        advice: t('web.queues.none_advice'),
      }}
    />
  )
}

interface Props {
  queue: string | undefined
  filter: string | undefined
}

function Counts({ queue, filter }: Props) {
  const { t } = useWords()
  const counts = useQueueCounts(filter)
  if (counts.error && !counts.data) return <Trouble error={counts.error} again={() => void counts.refetch()} />
  const total = [...(counts.data?.values() ?? [])].reduce((n, g) => n + g.count, 0)
  return (
    <section className="queues" aria-label={t('web.queues.all')}>
      <div className="queues-stuck">
        {stuck.map((q) => (
          <Count key={q} queue={q} at={queue} group={counts.data?.get(q)} loaded={counts.data !== undefined} />
        ))}
      </div>
      <div className="queues-others">
        {others.map((q) => (
          <Count key={q} queue={q} at={queue} group={counts.data?.get(q)} loaded={counts.data !== undefined} />
        ))}
        {counts.data && <span className="quiet small">{t('web.queues.total', { n: total })}</span>}
      </div>
    </section>
  )
}

interface CountProps {
  queue: string
  at: string | undefined
  group: { count: number; oldest: string } | undefined
  loaded: boolean
}

/** How many stand in a queue, and for how long the first of them has. Pressed once it shows them, and again all. */
function Count({ queue, at, group, loaded }: CountProps) {
  const { t, name, lang } = useWords()
  const change = useChange()
  return (
    <button
      type="button"
      className={`queue queue-${queue}`}
      aria-pressed={at === queue}
      onClick={() => change({ queue: at === queue ? undefined : queue, page: undefined, view: undefined })}
    >
      <span className="queue-count">{loaded ? (group?.count ?? 0) : '…'}</span>
      <span className="queue-name">{name('queue', queue)}</span>
      {group && (
        <span className="small quiet queue-oldest">
          {t('web.queues.oldest', { ago: fromNow(lang, group.oldest, Date.now()) })}
        </span>
      )}
    </button>
  )
}
