import { Input, Select } from 'antd'
import { useWords } from '../words/words'

interface Common {
  name: string
  label: string
  value: string | undefined
}

/** One of a few values. */
export interface Choice extends Common {
  options: { value: string; label: string }[]
  /** What is shown when nothing is chosen; all, unless it says otherwise. */
  standing?: string
}

/** What the reader writes. */
interface Written extends Common {
  type: 'search' | 'date'
  hint?: string
}

export type Filter = Choice | Written

type Change = (change: Record<string, string | undefined>) => void

/** What narrows a list. Each choice is at once in the address, and leads to the first page. */
export function Filters({ filters, onChange }: { filters: Filter[]; onChange: Change }) {
  const { t } = useWords()
  return (
    <search className="filters">
      {filters.map((f) => (
        <div key={f.name} className="filter">
          <label htmlFor={`filter-${f.name}`} className="quiet small">
            {f.label}
          </label>
          {'options' in f ? (
            <Select<string>
              id={`filter-${f.name}`}
              value={f.value ?? ''}
              onChange={(value) => onChange({ [f.name]: value || undefined, page: undefined })}
              options={[{ value: '', label: f.standing ?? t('web.list.all') }, ...f.options]}
              popupMatchSelectWidth={false}
            />
          ) : (
            <Writing key={f.value ?? ''} filter={f} onChange={onChange} />
          )}
        </div>
      ))}
    </search>
  )
}

/** Text narrows the list once it is entered or left; a day, as soon as it is whole. */
function Writing({ filter, onChange }: { filter: Written; onChange: Change }) {
  const { name, type, value, hint } = filter
  const tell = (next: string) => {
    if (next.trim() !== (value ?? '')) onChange({ [name]: next.trim() || undefined, page: undefined })
  }
  return (
    <Input
      id={`filter-${name}`}
      type={type}
      defaultValue={value}
      placeholder={hint}
      maxLength={64}
      onPressEnter={(e) => tell(e.currentTarget.value)}
      onBlur={(e) => tell(e.currentTarget.value)}
      {...(type === 'date' ? { onChange: (e: { target: HTMLInputElement }) => tell(e.target.value) } : {})}
    />
  )
}
