import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Radio } from 'antd'
import { useState } from 'react'
import { answer, api } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { clockOf } from '../../words/beijing'
import { useWords } from '../../words/words'
import type { Detail } from './detail'
import { StaffField } from './staff'
import { attended, type Came } from './taking'

interface Given {
  how: Came
  from: string
  to: string
  reporter: string
  reason: string
}

/** What was reported of somebody is corrected, with a reason. In time it holds at once; late, an operator decides. */
export function Correcting({ of, attendee, onDone }: { of: Detail; attendee: string; onDone: () => void }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [key] = useState(() => crypto.randomUUID())
  const [form] = Form.useForm<Given>()
  const how = Form.useWatch('how', form)
  const correct = useMutation({
    mutationFn: ({ how, from, to, reporter, reason }: Given) =>
      answer(
        api.POST('/v1/attendance/corrections', {
          params: { header: { 'Idempotency-Key': key } },
          body: { session: of.ref, attendee, reporter, reason, ...attended(of, how, from, to) },
        }),
      ),
    onSuccess: async () => {
      await Promise.all(
        ['sessions', 'classes', 'corrections'].map((list) => queries.invalidateQueries({ queryKey: [list] })),
      )
      onDone()
    },
  })
  const needed = [{ required: true, message: t('web.resolve.missing') }]
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      className="picking"
      initialValues={{ how: 'part', from: clockOf(of.opens_at), to: clockOf(of.closes_at) }}
      onFinish={(given: Given) => correct.mutate(given)}
    >
      <p className="quiet small">{t('web.corrections.means')}</p>
      <Form.Item name="how" label={t('web.corrections.now')}>
        <Radio.Group
          options={(['whole', 'part', 'absent'] as const).map((c) => ({ value: c, label: t(`web.came.${c}`) }))}
        />
      </Form.Item>
      {how === 'part' && (
        <div className="pair">
          <Form.Item name="from" label={t('web.sessions.in')} rules={needed}>
            <Input type="time" />
          </Form.Item>
          <Form.Item name="to" label={t('web.sessions.out')} rules={needed}>
            <Input type="time" />
          </Form.Item>
        </div>
      )}
      <StaffField name="reporter" label={t('web.sessions.reporter')} />
      <Form.Item name="reason" label={t('web.resolve.reason')} rules={[{ ...needed[0], whitespace: true }]}>
        <Input maxLength={500} />
      </Form.Item>
      {correct.error && <Trouble error={correct.error} />}
      <div className="row">
        <Button type="primary" htmlType="submit" loading={correct.isPending}>
          {t('web.corrections.correct')}
        </Button>
        <Button onClick={onDone}>{t('web.classes.cancel')}</Button>
      </div>
    </Form>
  )
}
