import { type FormEvent, type ReactNode, useEffect, useState } from 'react'
import { useWords } from '../words/words'
import { useChange } from './change'
import type { Choice, Filter } from './filters'

/** What narrows a public list, by the browser's own fields. Each choice is at once in the address, and leads to the first page. */
export function PublicFilters({ filters, children }: { filters: Filter[]; children?: ReactNode }) {
  const { t } = useWords()
  const change = useChange({ stay: true })
  return (
    <search className="public-filters">
      {filters.map((f) => {
        const choose = (value: string) => change({ [f.name]: value || undefined, page: undefined })
        return 'options' in f ? (
          <PublicChoice key={f.name} of={f} standing={f.standing ?? t('web.list.all')} onChoose={choose} />
        ) : (
          <Sought key={f.name} label={f.label} value={f.value ?? ''} onSeek={choose} />
        )
      })}
      {children}
    </search>
  )
}

interface Choosing {
  of: Pick<Choice, 'label' | 'value' | 'options'>
  /** What is shown when nothing is chosen; without it, something always is. */
  standing?: string
  onChoose: (value: string) => void
}

/** One of a few values. */
export function PublicChoice({ of, standing, onChoose }: Choosing) {
  return (
    <label>
      <span className="quiet small">{of.label}</span>
      <select value={of.value ?? ''} onChange={(e) => onChoose(e.target.value)}>
        {standing && <option value="">{standing}</option>}
        {of.options.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </label>
  )
}

/** What the reader writes, which is sought once it is sent. */
function Sought({ label, value, onSeek }: { label: string; value: string; onSeek: (value: string) => void }) {
  const { t } = useWords()
  const [typed, type] = useState(value)
  // The address may change by a link or on the way back.
  useEffect(() => type(value), [value])
  const seek = (e: FormEvent) => {
    e.preventDefault()
    onSeek(typed.trim())
  }
  return (
    <form onSubmit={seek}>
      <label>
        <span className="quiet small">{label}</span>
        <input type="search" maxLength={64} value={typed} onChange={(e) => type(e.target.value)} />
      </label>
      <button type="submit" className="press">
        {t('web.questions.find')}
      </button>
    </form>
  )
}
