import { Form, Input, Select } from 'antd'
import { within } from '../../shell/within'
import { useWords } from '../../words/words'
import type { StepProps } from './fill'
import { Next } from './next'

interface Said {
  phone?: string
  email?: string
  address?: string
  district?: string
}

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
      <Form.Item name="phone" label={t('web.reach.phone')}>
        <Input inputMode="tel" autoComplete="tel" maxLength={40} />
      </Form.Item>
      <Form.Item name="email" label={t('web.reach.email')}>
        <Input inputMode="email" autoComplete="email" maxLength={254} />
      </Form.Item>
      <Form.Item name="address" label={t('web.reach.address')}>
        <Input autoComplete="street-address" maxLength={200} />
      </Form.Item>
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
