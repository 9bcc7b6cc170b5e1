import { Button } from 'antd'
import { useState } from 'react'
import { clockOf } from '../../words/beijing'
import { number } from '../../words/time'
import { useWords } from '../../words/words'
import { Correcting } from './correcting'
import type { Detail, Line, Names } from './detail'

/** Who is to attend, what was reported of each and what it was worth; a report that is wrong is corrected. */
export function Roster({ of, names }: { of: Detail; names: Names }) {
  const { t } = useWords()
  return (
    <section className="stack close">
      <h2>{t('web.sessions.roster', { n: of.roster.length })}</h2>
      {of.roster.length === 0 && <p className="quiet">{t('web.sessions.roster_none')}</p>}
      <ul className="plain lines">
        {of.roster.map((line) => (
          <li key={line.attendee}>
            <OneLine of={of} line={line} name={names.get(line.attendee)?.name ?? line.attendee} />
          </li>
        ))}
      </ul>
      <p className="small quiet">{t('web.tasks.read_is_noted')}</p>
    </section>
  )
}

function OneLine({ of, line, name }: { of: Detail; line: Line; name: string }) {
  const { t, lang } = useWords()
  const [correcting, setCorrecting] = useState(false)
  const holds = line.reports.findLast(({ status }) => status === 'counted')
  const waits = line.reports.find(({ status }) => status === 'pending')
  return (
    <>
      <div className="row apart">
        <span>{name}</span>
        <span className="small">
          <Reported of={holds} />
          {line.minutes > 0 && ` · ${t('web.sessions.minutes', { n: number(lang, line.minutes) })}`}
        </span>
      </div>
      {waits && (
        <div className="small">
          <span className="mark warn">{t('web.corrections.pending')}</span> <Reported of={waits} />
        </div>
      )}
      {holds && !waits && of.mode === 'offline' && of.state !== 'void' && !correcting && (
        <Button size="small" aria-label={t('web.corrections.correct_of', { name })} onClick={() => setCorrecting(true)}>
          {t('web.corrections.correct')}
        </Button>
      )}
      {correcting && <Correcting of={of} attendee={line.attendee} onDone={() => setCorrecting(false)} />}
    </>
  )
}

/** What was reported of somebody. */
export function Reported({
  of,
}: {
  of: { absent: boolean; signed_in_at?: string; signed_out_at?: string } | undefined
}) {
  const { t } = useWords()
  if (!of) return <span className="quiet">{t('web.sessions.unreported')}</span>
  if (of.absent || !of.signed_in_at || !of.signed_out_at) return t('web.came.absent')
  return `${clockOf(of.signed_in_at)}–${clockOf(of.signed_out_at)}`
}
