import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useId, useState } from 'react'
import { answer, api } from '../../api/client'
import { Arrived } from '../../shell/arrived'
import { useWords } from '../../words/words'
import type { Version } from './policy'

/** What differs in a version from another, rule by rule. */
export function Changes({ version, others }: { version: Version; others: Version[] }) {
  const { t } = useWords()
  const [from, setFrom] = useState(others[0]?.id ?? '')
  const label = useId()
  const changes = useQuery({
    queryKey: ['policy-changes', version.id, from],
    queryFn: () =>
      answer(api.GET('/v1/policy-versions/{ref}/changes', { params: { path: { ref: version.id }, query: { from } } })),
    staleTime: 600_000,
  })
  return (
    <section className="sheet stack close" aria-labelledby="changes">
      <h2 id="changes">{t('web.policy.changes', { version: version.id })}</h2>
      <div className="row">
        <label htmlFor={label}>{t('web.policy.compared_with')}</label>
        <Select
          id={label}
          value={from}
          onChange={setFrom}
          popupMatchSelectWidth={false}
          options={others.map((v) => ({ value: v.id, label: v.id }))}
        />
      </div>
      <Arrived of={changes} rows={3}>
        {({ changes: rows }) =>
          rows.length === 0 ? (
            <p className="quiet">{t('web.policy.no_changes')}</p>
          ) : (
            <ul className="plain lines">
              {rows.map((c) => (
                <li key={`${c.rule} ${c.field ?? ''}`} className="stack close tight">
                  <span className="mono small break">
                    {c.rule}
                    {c.field && `.${c.field}`}
                  </span>
                  {c.old && <del className="break small">{c.old}</del>}
                  {c.new && <ins className="break small">{c.new}</ins>}
                </li>
              ))}
            </ul>
          )
        }
      </Arrived>
    </section>
  )
}
