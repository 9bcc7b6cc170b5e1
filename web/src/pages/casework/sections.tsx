import { Link, useSearch } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense } from 'react'
import { useSession } from '../../api/session'
import { caseSections } from '../../router'
import { Arrived } from '../../shell/arrived'
import { Waiting } from '../../shell/waiting'
import { useWords } from '../../words/words'
import { Decisions } from '../case/decisions'
import type { Case, useCase } from '../case/queries'
import { Timeline } from '../case/timeline'

const HourLines = lazy(() => import('./hourlines').then((m) => ({ default: m.HourLines })))
const Tasks = lazy(() => import('./tasks').then((m) => ({ default: m.Tasks })))
const Documents = lazy(() => import('./documents').then((m) => ({ default: m.Documents })))
const Handling = lazy(() => import('./handling').then((m) => ({ default: m.Handling })))
const Execution = lazy(() => import('../case/execution').then((m) => ({ default: m.Execution })))
const Trail = lazy(() => import('./trail').then((m) => ({ default: m.Trail })))

type Section = (typeof caseSections)[number]

interface Props {
  c: Case
  lines: ReturnType<typeof useCase>['timeline']
  note: () => void
}

/** All that is known of the case, a part at a time: each is asked for when it is looked at, and has its own address. */
export function Sections({ c, lines, note }: Props) {
  const { t } = useWords()
  const { account } = useSession()
  // Only operators of the city reach into Temporal.
  const sections = caseSections.filter((s) => s !== 'execution' || !account.district)
  const { section: asked } = useSearch({ from: '/inside/cases/$id' })
  const section = asked && sections.includes(asked) ? asked : 'timeline'
  const parts: Record<Section, () => ReactNode> = {
    timeline: () => <Arrived of={lines}>{(all) => <Timeline lines={all} />}</Arrived>,
    decisions: () =>
      c.decisions.length ? (
        <Decisions decisions={c.decisions} />
      ) : (
        <Nothing>{t('web.casework.decisions_none')}</Nothing>
      ),
    hours: () => <HourLines id={c.id} />,
    tasks: () => <Tasks id={c.id} />,
    documents: () => <Documents c={c} />,
    handling: () => <Handling id={c.id} note={note} />,
    execution: () => (
      <div className="sheet">
        <Execution of={{ caseId: c.id }} />
      </div>
    ),
    audit: () => <Trail id={c.id} />,
  }
  return (
    <div className="stack close">
      <nav className="views case-sections" aria-label={t('web.casework.sections')}>
        {sections.map((s) => (
          <Link
            key={s}
            from="/cases/$id"
            search={({ section: _, ...now }) => (s === 'timeline' ? now : { ...now, section: s })}
            replace
            resetScroll={false}
            // The section that says nothing in the address is not the page of every section.
            activeOptions={{ exact: true, includeSearch: true }}
            {...(s === section ? { 'aria-current': 'page' as const } : {})}
          >
            {t(`web.casework.section.${s}`)}
          </Link>
        ))}
      </nav>
      <Suspense fallback={<Waiting />}>{parts[section]()}</Suspense>
    </div>
  )
}

function Nothing({ children }: { children: ReactNode }) {
  return <p className="sheet quiet">{children}</p>
}
