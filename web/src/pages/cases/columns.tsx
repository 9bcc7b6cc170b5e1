import { Link } from '@tanstack/react-router'
import type { Column } from '../../list/listing'
import { fromNow, moment } from '../../words/time'
import { useWords } from '../../words/words'
import type { ListedCase } from './list'

type Queue = NonNullable<ListedCase['queue']>

const tones: Partial<Record<Queue, string>> = {
  program: 'bad',
  external: 'bad',
  overdue: 'warn',
  decision: 'now',
  approval: 'now',
}

/** The queue that a case stands in, or how it ended. */
function Standing({ of }: { of: ListedCase }) {
  const { name } = useWords()
  if (!of.queue) return <span className="quiet">{of.outcome_name ?? of.status_name}</span>
  return <span className={`mark ${tones[of.queue] ?? 'still'}`}>{name('queue', of.queue)}</span>
}

/** The deadline of a case: passed, near, or neither. */
function Due({ of }: { of: ListedCase }) {
  const { t, lang } = useWords()
  if (!of.due_at) return '—'
  const tone = Date.parse(of.due_at) < Date.now() ? 'wrong' : of.near_due ? 'near' : undefined
  return (
    <span className={tone}>
      {moment(lang, of.due_at)}
      {of.near_due && <span className="small"> {t('web.cases.near')}</span>}
    </span>
  )
}

/** What a case is called in a list: by what it is for, never by whose it is. */
export const useCaseName = () => (row: ListedCase) =>
  `${row.occupation.name} · ${row.level.name} · ${row.id.slice(0, 8)}`

/** The columns of lists of cases. What they are called in a file is the interface's. */
export function useCaseColumns(): Column<ListedCase>[] {
  const { t, name, lang } = useWords()
  return [
    {
      key: 'case',
      title: t('web.cases.one'),
      inFile: ['id', 'occupation', 'level'],
      render: (row) => (
        <span className="stack tight called">
          <Link to="/cases/$id" params={{ id: row.id }} className="opener">
            {row.occupation.name} · {row.level.name}
          </Link>
          <span className="mono small quiet">{row.id.slice(0, 8)}</span>
        </span>
      ),
    },
    { key: 'queue', title: t('web.fields.queue'), render: (row) => <Standing of={row} /> },
    { key: 'stage', title: t('web.fields.stage'), sort: 'stage', render: (row) => row.stage_name },
    { key: 'cause', title: t('web.fields.cause'), render: (row) => row.cause?.name ?? '—' },
    {
      key: 'owes',
      title: t('web.cases.owes'),
      render: (row) => row.owes?.name ?? '—',
    },
    {
      key: 'since',
      title: t('web.fields.age'),
      sort: 'since',
      render: (row) => (
        <span title={moment(lang, row.stands_since)} className="nowrap">
          {fromNow(lang, row.stands_since, Date.now())}
        </span>
      ),
    },
    { key: 'due', title: t('web.fields.due'), sort: 'due', render: (row) => <Due of={row} /> },
    { key: 'assignee', title: t('web.fields.assignee'), render: (row) => row.assignee?.label ?? '—' },
    {
      key: 'training',
      title: t('web.fields.training'),
      spare: true,
      inFile: ['training_body'],
      render: (row) => row.training_body.name,
    },
    {
      key: 'evaluation',
      title: t('web.fields.evaluation'),
      spare: true,
      inFile: ['evaluation_body'],
      render: (row) => row.evaluation_body.name,
    },
    {
      key: 'district',
      title: t('web.fields.district'),
      spare: true,
      render: (row) => (row.district ? name('district', row.district) : '—'),
    },
    { key: 'policy', title: t('web.fields.policy'), spare: true, inFile: [], render: (row) => row.policy_version },
    {
      key: 'registered',
      title: t('web.fields.registered'),
      sort: 'registered',
      spare: true,
      render: (row) => moment(lang, row.registered_at),
    },
  ]
}
