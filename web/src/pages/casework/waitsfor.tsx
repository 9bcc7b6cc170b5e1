import type { ReactNode } from 'react'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Since } from '../case/now'
import type { Wait, Waits } from './queries'

/** What the case waits for: each condition that is not met, with what is missing, who can move it and what follows by itself. */
export function WaitsFor({ waits, children }: { waits: Waits; children: ReactNode }) {
  const { t } = useWords()
  return (
    <section className="sheet stack close" aria-labelledby="waits">
      <div className="row apart">
        <h2 id="waits">{t('web.casework.waits')}</h2>
        {children}
      </div>
      {waits.waits.length === 0 && <p className="quiet">{t('web.casework.waits_none')}</p>}
      <ol className="plain waits">
        {waits.waits.map((wait) => (
          <One key={`${wait.code} ${wait.stage ?? ''} ${wait.task_id ?? ''}`} wait={wait} />
        ))}
      </ol>
    </section>
  )
}

function One({ wait }: { wait: Wait }) {
  const { t, lang } = useWords()
  return (
    <li className="stack close wait" data-wait={wait.code}>
      <h3>
        {wait.title} {wait.stage_name && <span className="quiet small">{wait.stage_name}</span>}
      </h3>
      {wait.text && <p>{wait.text}</p>}
      {wait.missing.length > 0 && (
        <ul>
          {wait.missing.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      <dl className="facts">
        {wait.who && (
          <>
            <dt>{t('web.casework.who')}</dt>
            <dd>{wait.who.name}</dd>
          </>
        )}
        {wait.since && (
          <>
            <dt>{t('web.casework.since')}</dt>
            <dd>
              {moment(lang, wait.since)} <Since at={wait.since} />
            </dd>
          </>
        )}
        {wait.until && (
          <>
            <dt>{t('web.casework.until')}</dt>
            <dd>{moment(lang, wait.until)}</dd>
          </>
        )}
        {wait.next && (
          <>
            <dt>{t('web.casework.next')}</dt>
            <dd>
              {wait.next.text}
              {wait.next.at && <span className="quiet"> · {moment(lang, wait.next.at)}</span>}
            </dd>
          </>
        )}
        {wait.citation && (
          <>
            <dt>{t('web.casework.basis')}</dt>
            <dd>
              {wait.citation.document} {wait.citation.clause} <Basis mark={wait.citation.basis} />
            </dd>
          </>
        )}
      </dl>
    </li>
  )
}

/** How sure we are of a citation. */
export function Basis({ mark }: { mark: string }) {
  const { name } = useWords()
  return <span className="quiet small">{name('basis', mark)}</span>
}
