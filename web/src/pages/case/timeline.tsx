import { Button } from 'antd'
import { useState } from 'react'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import type { Line } from './queries'

const few = 12

/** What happened, the newest first. */
export function Timeline({ lines }: { lines: Line[] }) {
  const { t, lang } = useWords()
  const [all, setAll] = useState(false)
  const newest = lines.toReversed()
  const shown = all ? newest : newest.slice(0, few)
  return (
    <section className="sheet stack close last" aria-labelledby="timeline">
      <h2 id="timeline">{t('web.case.timeline')}</h2>
      <ol className="plain timeline" reversed>
        {shown.map((line) => (
          <li key={line.seq} data-seq={line.seq}>
            <p>{line.text}</p>
            <p className="quiet small">
              <time dateTime={line.at}>{moment(lang, line.at)}</time> · {line.actor_name}
            </p>
          </li>
        ))}
      </ol>
      {!all && newest.length > few && (
        <div>
          <Button onClick={() => setAll(true)}>{t('web.case.all_lines', { n: newest.length })}</Button>
        </div>
      )}
    </section>
  )
}
