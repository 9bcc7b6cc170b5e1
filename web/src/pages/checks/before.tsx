import { useQuery } from '@tanstack/react-query'
import { answer, api } from '../../api/client'
import { Arrived } from '../../shell/arrived'
import { Note } from '../../shell/notes'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

/** Checks that were made before: who asked and why, not what. */
export function Before() {
  const { t, lang } = useWords()
  const list = useQuery({ queryKey: ['bulk-checks'], queryFn: () => answer(api.GET('/v1/bulk-checks')) })
  return (
    <section className="sheet stack close">
      <h2>{t('web.checks.before')}</h2>
      <Arrived of={list}>
        {(data) =>
          data.checks.length === 0 ? (
            <Note title={t('web.checks.none')}>
              <p>{t('web.checks.none_advice')}</p>
            </Note>
          ) : (
            <ul className="plain lines">
              {data.checks.map((c) => (
                <li key={c.id} className="row apart">
                  <span className="row">
                    <strong>{c.purpose_name}</strong>
                    <span>{c.reason}</span>
                    <span className="quiet small">{moment(lang, c.checked_at)}</span>
                  </span>
                  <span className="quiet small">{t('web.checks.found_of', { found: c.found, asked: c.asked })}</span>
                </li>
              ))}
            </ul>
          )
        }
      </Arrived>
    </section>
  )
}
