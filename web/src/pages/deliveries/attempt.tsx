import type { Schema } from '../../api/client'
import { Verbatim } from '../../shell/verbatim'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

/** One sending of an event, as it went: when, how long it took, and what was answered. */
export function Attempt({ of }: { of: Schema['AttemptView'] }) {
  const { t, lang } = useWords()
  return (
    <div className="stack close tight">
      <span className="row">
        <span className={`mark ${of.error ? 'bad' : 'good'}`}>{of.status ?? t('web.deliveries.no_status')}</span>
        <span className="small quiet">
          {t('web.deliveries.attempt', { n: of.attempt, at: moment(lang, of.at), ms: of.duration_ms })}
        </span>
      </span>
      {of.message && <span>{of.message}</span>}
      {of.response && <Verbatim>{of.response}</Verbatim>}
    </div>
  )
}
