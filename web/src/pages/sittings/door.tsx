import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Radio, Select } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { type Fact, Facts } from '../../shell/facts'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { within } from '../../shell/within'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

type Given = Schema['DoorCheckBody']
type Check = Schema['DoorCheckView']

const outcomes = ['turned_away', 'provisional'] as const
const grounds = ['no_document', 'document_expired', 'photo_differs', 'details_differ', 'other'] as const

/** Somebody's identity could not be made out at the door: what is recorded of it. */
export function Checking({ booking, onDone }: { booking: string; onDone: () => void }) {
  const { t, name } = useWords()
  const queries = useQueryClient()
  const [form] = Form.useForm<Given>()
  const record = useMutation({
    mutationFn: (body: Given) =>
      answer(api.POST('/v1/sitting-bookings/{id}/door-checks', { params: { path: { id: booking } }, body })),
    onError: (error) => putFaults(form, error),
    onSuccess: async () => {
      onDone()
      await queries.invalidateQueries({ queryKey: ['sittings'] })
    },
  })
  const needed = [{ required: true, message: t('web.resolve.missing') }]
  return (
    <Form
      form={form}
      name={`door-${booking}`}
      layout="vertical"
      requiredMark={false}
      onFinish={(given) => record.mutate(given)}
    >
      <Form.Item name="outcome" label={t('web.sittings.outcome')} extra={t('web.sittings.outcome_hint')} rules={needed}>
        <Radio.Group
          className="choices"
          options={outcomes.map((value) => ({ value, label: name('door_outcome', value) }))}
        />
      </Form.Item>
      <Form.Item name="ground" label={t('web.sittings.ground')} rules={needed}>
        <Select
          getPopupContainer={within}
          options={grounds.map((value) => ({ value, label: name('door_ground', value) }))}
        />
      </Form.Item>
      <Form.Item name="note" label={t('web.sittings.note')} rules={[{ ...needed[0], whitespace: true }]}>
        <Input.TextArea rows={3} maxLength={1000} />
      </Form.Item>
      {record.error && <Trouble error={record.error} />}
      <div className="row">
        <Button type="primary" htmlType="submit" loading={record.isPending}>
          {t('web.sittings.door_record')}
        </Button>
        <Button onClick={onDone}>{t('web.sittings.leave_it')}</Button>
      </div>
    </Form>
  )
}

/** What failed at the door, and the decision about it: made by somebody else than who recorded it. */
export function Checked({ of }: { of: Check }) {
  const { t, lang } = useWords()
  const facts: Fact[] = [
    [t('web.sittings.outcome'), of.outcome.name],
    [t('web.sittings.ground'), of.ground.name],
    [t('web.sittings.note'), of.note],
    [
      t('web.sittings.decision'),
      of.accepted === undefined
        ? ''
        : [t(of.accepted ? 'web.sittings.accepted' : 'web.sittings.refused'), of.reason].filter(Boolean).join(' · '),
    ],
  ]
  return (
    <div className="stack close">
      <Facts of={facts} />
      {of.undecided && of.due_at && (
        <p className={of.overdue ? 'alert warn' : 'quiet small'}>
          {t(of.overdue ? 'web.sittings.decision_late' : 'web.sittings.decision_due', { at: moment(lang, of.due_at) })}
        </p>
      )}
      {of.undecided && (of.why_not ? <p className="alert warn">{of.why_not.name}</p> : <Deciding id={of.id} />)}
    </div>
  )
}

function Deciding({ id }: { id: string }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [form] = Form.useForm<{ accepted: boolean; reason: string }>()
  const decide = useMutation({
    mutationFn: (body: Schema['DoorDecisionBody']) =>
      answer(api.POST('/v1/door-checks/{id}/decision', { params: { path: { id } }, body })),
    onError: (error) => putFaults(form, error),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['sittings'] }),
  })
  return (
    <Form
      form={form}
      name={`decide-${id}`}
      layout="vertical"
      requiredMark={false}
      onFinish={(given) => decide.mutate(given)}
    >
      <Form.Item
        name="accepted"
        label={t('web.sittings.decision')}
        rules={[{ required: true, message: t('web.resolve.missing') }]}
      >
        <Radio.Group
          className="choices"
          options={[
            { value: true, label: t('web.sittings.accept') },
            { value: false, label: t('web.sittings.refuse') },
          ]}
        />
      </Form.Item>
      <ReasonField rows={2} />
      {decide.error && <Trouble error={decide.error} />}
      <Button type="primary" htmlType="submit" loading={decide.isPending}>
        {t('web.sittings.decide')}
      </Button>
    </Form>
  )
}
