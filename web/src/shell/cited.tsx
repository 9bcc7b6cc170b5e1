import type { Schema } from '../api/client'
import { useWords } from '../words/words'

type Citation = Schema['Citation']
type Text = Schema['Text']
type Alternative = Schema['Alternative']

/** A text of the rules in the reader's language. */
export function useSay() {
  const { lang } = useWords()
  return (text: Text) => (lang === 'en' ? text.en || text.zh : text.zh)
}

/** Any one of these suffices. */
export function Alternatives({ all }: { all: Alternative[] }) {
  const { t } = useWords()
  const say = useSay()
  if (all.length === 0) return <p className="quiet">{t('web.policy.no_rule')}</p>
  return (
    <ul className="plain lines">
      {all.map((a) => (
        <li key={a.code}>
          {say(a.text)}
          <Cited c={a.citation} />
        </li>
      ))}
    </ul>
  )
}

/** Where it is written, and how sure we are of that. */
export function Cited({ c }: { c: Citation }) {
  const { name } = useWords()
  const say = useSay()
  return (
    <p className="quiet small">
      {c.document} {c.clause}{' '}
      <span className={c.basis === 'notice' ? 'mark good' : 'mark warn'}>{name('basis', c.basis)}</span>
      {c.note && ` ${say(c.note)}`}
    </p>
  )
}
