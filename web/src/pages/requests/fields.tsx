import { Form, Input, Radio } from 'antd'
import { useWords } from '../../words/words'

interface Named {
  name: string
  label: string
}

/** One of a few, which has to be chosen. */
export function ChoiceField({ options, ...item }: Named & { options: { value: string; label: string }[] }) {
  const { t } = useWords()
  return (
    <Form.Item {...item} rules={[{ required: true, message: t('web.resolve.missing') }]}>
      <Radio.Group className="choices" options={options} />
    </Form.Item>
  )
}

/** What somebody says in words of their own, which cannot be left out. */
export function TextField({ rows, most = 4000, ...item }: Named & { rows: number; most?: number; extra?: string }) {
  const { t } = useWords()
  return (
    <Form.Item {...item} rules={[{ required: true, whitespace: true, message: t('web.resolve.missing') }]}>
      <Input.TextArea rows={rows} maxLength={most} />
    </Form.Item>
  )
}
