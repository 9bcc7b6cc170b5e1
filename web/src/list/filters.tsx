import { Select } from 'antd'
import { useWords } from '../words/words'

export interface Filter {
  name: string
  label: string
  value: string | undefined
  options: { value: string; label: string }[]
  /** What is shown when nothing is chosen; all, unless it says otherwise. */
  standing?: string
}

/** What narrows a list. Each choice is at once in the address, and leads to the first page. */
export function Filters({
  filters,
  onChange,
}: {
  filters: Filter[]
  onChange: (change: Record<string, string | undefined>) => void
}) {
  const { t } = useWords()
  return (
    <search className="filters">
      {filters.map((f) => (
        <div key={f.name} className="filter">
          <label htmlFor={`filter-${f.name}`} className="quiet small">
            {f.label}
          </label>
          <Select<string>
            id={`filter-${f.name}`}
            value={f.value ?? ''}
            onChange={(value) => onChange({ [f.name]: value || undefined, page: undefined })}
            options={[{ value: '', label: f.standing ?? t('web.list.all') }, ...f.options]}
            popupMatchSelectWidth={false}
          />
        </div>
      ))}
    </search>
  )
}
