import type { Schema } from '../../api/client'
import { Verbatim } from '../../shell/verbatim'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

type AuditEntry = Schema['AuditEntryView']

/** One entry of the audit log: who did what to what and why, with what held before and since. */
export function Entry({ e }: { e: AuditEntry }) {
  const { t, lang } = useWords()
  return (
    <li className="stack close tight" data-action={e.action}>
      <div className="row apart">
        <span>
          <strong>{e.action_name}</strong> <span className="quiet small mono">{e.action}</span>
        </span>
        <time className="quiet small nowrap" dateTime={e.at}>
          {moment(lang, e.at)}
        </time>
      </div>
      <p className="small">
        {e.actor.name} {e.actor.label}
        {' · '}
        <span className="mono quiet">{e.subject}</span>
      </p>
      <p>{e.reason}</p>
      {(e.before !== undefined || e.after !== undefined) && (
        <details>
          <summary className="small">{t('web.audit.details')}</summary>
          <dl className="stack close small">
            {e.before !== undefined && <Side title={t('web.audit.before')} value={e.before} />}
            {e.after !== undefined && <Side title={t('web.audit.after')} value={e.after} />}
          </dl>
        </details>
      )}
    </li>
  )
}

function Side({ title, value }: { title: string; value: unknown }) {
  return (
    <div>
      <dt className="quiet">{title}</dt>
      <dd>
        <Verbatim>{JSON.stringify(value, null, 1)}</Verbatim>
      </dd>
    </div>
  )
}
