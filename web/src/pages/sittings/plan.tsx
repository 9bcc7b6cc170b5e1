import { Form, Input, InputNumber } from 'antd'
import type { Schema } from '../../api/client'
import { clockOf, dayOf, instant } from '../../words/beijing'
import { useWords } from '../../words/words'

type Plan = Omit<Schema['SittingRevisionBody'], 'reason'>

/** A moment as its field has it. */
const asField = (at: string) => `${dayOf(at)}T${clockOf(at)}`

const asInstant = (field: string) => instant(field.slice(0, 10), field.slice(11, 16))

/** What the fields of a form say that may change of a sitting. */
export const said = <T extends Plan>(given: T): T => ({
  ...given,
  starts_at: asInstant(given.starts_at),
  ends_at: asInstant(given.ends_at),
  book_until: asInstant(given.book_until),
})

/** A sitting as the fields of a form have it. */
export const asFields = ({ starts_at, ends_at, book_until, venue, capacity, notes = '' }: Plan): Plan => ({
  starts_at: asField(starts_at),
  ends_at: asField(ends_at),
  book_until: asField(book_until),
  venue,
  capacity,
  notes,
})

/** What may change of a sitting, as the fields of a form. */
export function PlanFields() {
  const { t } = useWords()
  const needed = [{ required: true, message: t('web.resolve.missing') }]
  return (
    <>
      <div className="pair">
        <Form.Item name="starts_at" label={t('web.sittings.starts')} rules={needed}>
          <Input type="datetime-local" />
        </Form.Item>
        <Form.Item name="ends_at" label={t('web.sittings.ends')} rules={needed}>
          <Input type="datetime-local" />
        </Form.Item>
      </div>
      <Form.Item
        name="book_until"
        label={t('web.sittings.book_until')}
        extra={t('web.sittings.book_until_hint')}
        rules={needed}
      >
        <Input type="datetime-local" />
      </Form.Item>
      <Form.Item name="venue" label={t('web.sittings.venue')} rules={[{ ...needed[0], whitespace: true }]}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="capacity" label={t('web.sittings.capacity')} rules={needed}>
        <InputNumber min={1} max={300} precision={0} />
      </Form.Item>
      <Form.Item name="notes" label={t('web.sittings.notes')} extra={t('web.sittings.notes_hint')}>
        <Input.TextArea rows={2} maxLength={500} />
      </Form.Item>
    </>
  )
}
