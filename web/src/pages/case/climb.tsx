import { useWords } from '../../words/words'
import type { Case } from './queries'

type Stage = Case['stages'][number]

// Where the seven camps lie on the way up.
const camps = [
  [56, 158],
  [196, 134],
  [330, 120],
  [462, 88],
  [590, 74],
  [716, 40],
  [844, 26],
] as const

const marks: Record<Stage['state'], string> = {
  done: '✓',
  failed: '×',
  stuck: '!',
  active: '',
  waiting: '',
  pending: '',
  skipped: '–',
}

/** The seven stages as a climb: what lies behind, where one stands, what lies ahead. */
export function Climb({ stages }: { stages: Stage[] }) {
  const { t } = useWords()
  const reached = stages.findLastIndex((s) => s.state !== 'pending' && s.state !== 'skipped')
  const way = camps.map(([x, y]) => `${x} ${y}`)
  const behind = way.slice(0, Math.max(0, reached) + 1)
  return (
    <section className="sheet climb" aria-label={t('web.case.stages')}>
      <svg viewBox="0 0 900 200" aria-hidden="true" preserveAspectRatio="none">
        <path className="climb-far" d="M0 190 120 120l60 26 130-92 70 50 120-86 80 62 140-72 180 92V200H0z" />
        <path className="climb-ahead" d={`M${way.join('L')}`} />
        {behind.length > 1 && <path className="climb-behind" d={`M${behind.join('L')}`} />}
      </svg>
      <ol className="plain">
        {stages.map((stage, i) => {
          const [x, y] = camps[i] ?? [0, 0]
          return (
            <li
              key={stage.stage}
              className={`camp ${stage.state}`}
              style={{ '--x': `${x / 9}%`, '--y': `${y / 2}%` } as React.CSSProperties}
              aria-current={i === reached && stage.state !== 'done' ? 'step' : undefined}
            >
              <span className="camp-dot" aria-hidden="true">
                {marks[stage.state]}
              </span>
              <span className="camp-name">{stage.name}</span>
              <span className="camp-state">{stage.state_name}</span>
            </li>
          )
        })}
      </ol>
    </section>
  )
}
