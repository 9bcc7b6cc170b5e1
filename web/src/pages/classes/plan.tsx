import { Form, Input, InputNumber } from 'antd'
import { useWords } from '../../words/words'

/** What may change of a class, as the fields of a form. */
export function Plan() {
  const { t } = useWords()
  const needed = [{ required: true, message: t('web.resolve.missing') }]
  return (
    <>
      <Form.Item name="name" label={t('web.classes.name')} rules={[{ ...needed[0], whitespace: true }]}>
        <Input maxLength={100} />
      </Form.Item>
      <div className="pair">
        <Form.Item name="starts_on" label={t('web.classes.starts')} rules={needed}>
          <Input type="date" />
        </Form.Item>
        <Form.Item name="ends_on" label={t('web.classes.ends')} rules={needed}>
          <Input type="date" />
        </Form.Item>
      </div>
      <Form.Item name="capacity" label={t('web.classes.capacity')} rules={needed}>
        <InputNumber min={1} max={500} precision={0} />
      </Form.Item>
      <Form.Item name="notes" label={t('web.classes.notes')}>
        <Input.TextArea rows={2} maxLength={500} />
      </Form.Item>
    </>
  )
}
