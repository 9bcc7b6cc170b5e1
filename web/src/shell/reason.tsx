import { Form, Input } from 'antd'
import { useWords } from '../words/words'

/** Why something is done: it is kept, and shown to whoever looks into it later. */
export function ReasonField({ rows = 3 }: { rows?: number }) {
  const { t } = useWords()
  return (
    <Form.Item
      name="reason"
      label={t('web.resolve.reason')}
      extra={t('web.resolve.reason_kept')}
      rules={[{ required: true, whitespace: true, message: t('web.resolve.missing') }]}
    >
      <Input.TextArea rows={rows} maxLength={500} />
    </Form.Item>
  )
}
