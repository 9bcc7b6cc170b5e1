import { Form, Input, Select } from 'antd'
import { within } from '../../shell/within'
import { useWords } from '../../words/words'
import { kinds, type Part, parts } from '../reach/parts'
import type { StepProps } from './fill'
import { Next } from './next'

type Said = { [P in Part | 'district']?: string }

/** How the person can be reached, and where their employer is. */
export function Contacts({ filling, next }: StepProps) {
  const { t, name, codes } = useWords()
  const { contacts, district } = filling.contents
  return (
    <Form<Said>
      layout="vertical"
      requiredMark={false}
      className="sheet"
      initialValues={{ ...contacts, district }}
      onValuesChange={(_, { district, ...contacts }) => filling.change({ contacts, district })}
      onFinish={next}
    >
      <p className="quiet">{t('web.registration.contacts_lead')}</p>
      {parts.map((part) => (
        <Form.Item key={part} name={part} label={t(`web.reach.${part}`)}>
          <Input {...kinds[part]} />
        </Form.Item>
      ))}
      <Form.Item name="district" label={t('web.registration.district')}>
        <Select
          allowClear
          placeholder={t('web.registration.no_district')}
          getPopupContainer={within}
          options={codes('district').map((code) => ({ value: code, label: name('district', code) }))}
        />
      </Form.Item>
      <Next />
    </Form>
  )
}
