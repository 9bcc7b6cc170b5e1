import { Button, Input, InputNumber, Select } from 'antd'
import { useWords } from '../words/words'
import type { Operator, Term } from './expression'
import { comparable, type Field, relation } from './fields'

interface Props {
  term: Term
  fields: Field[]
  onChange: (term: Term) => void
  remove: () => void
}

/** One condition: a field, how it stands to a value, the value. */
export function TermLine({ term, fields, onChange, remove }: Props) {
  const { t } = useWords()
  const field = fields.find((f) => f.name === term.field)
  const operators: Operator[] = comparable(field) ? ['<', '>', ':'] : [':']
  return (
    <div className="term">
      <Select<string>
        aria-label={t('web.filter.field')}
        placeholder={t('web.filter.field')}
        value={term.field || null}
        onChange={(name) => {
          const next = fields.find((f) => f.name === name)
          onChange({ ...term, field: name, operator: comparable(next) ? '<' : ':', values: [] })
        }}
        options={fields.map((f) => ({ value: f.name, label: f.label }))}
        showSearch={{ optionFilterProp: 'label' }}
        popupMatchSelectWidth={false}
      />
      <Select<string>
        aria-label={t('web.filter.relation')}
        value={`${term.not ? '-' : ''}${term.operator}`}
        onChange={(sign) =>
          onChange({ ...term, not: sign.startsWith('-'), operator: sign.replace('-', '') as Operator })
        }
        options={operators.flatMap((o) => [
          { value: o, label: relation(t, o, field) },
          ...(o === ':' ? [{ value: '-:', label: t('web.filter.is_not') }] : []),
        ])}
        popupMatchSelectWidth={false}
      />
      <Values term={term} field={field} onChange={onChange} />
      <Button type="text" aria-label={t('web.filter.drop')} onClick={remove}>
        <span aria-hidden="true">×</span>
      </Button>
    </div>
  )
}

function Values({ term, field, onChange }: { term: Term; field: Field | undefined; onChange: (term: Term) => void }) {
  const { t } = useWords()
  const label = t('web.filter.value')
  const say = (values: string[]) => onChange({ ...term, values: values.filter(Boolean) })
  const [first = ''] = term.values
  if (field?.options) {
    return (
      <Select<string[]>
        mode="multiple"
        className="term-value"
        aria-label={label}
        placeholder={label}
        value={term.values}
        onChange={say}
        options={field.options}
        showSearch={{ optionFilterProp: 'label' }}
        popupMatchSelectWidth={false}
      />
    )
  }
  if (field?.kind === 'age') {
    return (
      <InputNumber
        aria-label={label}
        value={first === '' ? null : Number(first)}
        min={0}
        precision={0}
        onChange={(n) => say(n === null ? [] : [String(n)])}
      />
    )
  }
  if (field?.kind === 'text') {
    return (
      <Input
        className="term-value"
        aria-label={label}
        value={term.values.join(',')}
        maxLength={200}
        onChange={(e) => say(e.target.value.split(','))}
      />
    )
  }
  // A day, a month or a year, or days from today: what a field for dates of the browser's would not take.
  return (
    <Input
      className="term-value"
      aria-label={label}
      placeholder={t('web.filter.day_hint')}
      value={first}
      maxLength={20}
      onChange={(e) => say([e.target.value.replace(/\s/g, '')])}
    />
  )
}
