import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Radio } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { Aside } from '../../shell/aside'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'

interface Filled {
  whom: string
  topic: Schema['ComplaintBody']['topic']
  text: string
}

const topics = ['teaching', 'conduct', 'fees', 'refund', 'evaluation', 'other'] as const

/** A complaint about an institution of one of the trainee's cases. */
export function Complaining({ onClose, onAsked }: { onClose: () => void; onAsked: (id: string) => void }) {
  const { t, name } = useWords()
  const queries = useQueryClient()
  const [form] = Form.useForm<Filled>()
  const mine = useQuery({ queryKey: ['my', 'cases'], queryFn: () => answer(api.GET('/v1/me/cases')) })
  const send = useMutation({
    mutationFn: ({ whom, topic, text }: Filled) => {
      const [case_id = '', institution = ''] = whom.split(' ')
      return answer(api.POST('/v1/complaints', { body: { case_id, institution, topic, text } }))
    },
    onError: (error) => putFaults(form, error),
    onSuccess: (made) => {
      void queries.invalidateQueries({ queryKey: ['requests'] })
      onAsked(made.id)
    },
  })
  const whom = (mine.data?.cases ?? []).flatMap((c) =>
    [
      { body: c.training_body, role: name('role', 'training') },
      { body: c.evaluation_body, role: name('role', 'evaluation') },
    ].map(({ body, role }) => ({
      value: `${c.id} ${body.id}`,
      label: `${body.name}（${c.occupation.name} · ${role}）`,
    })),
  )
  const needed = { required: true, message: t('web.resolve.missing') }
  return (
    <Aside onClose={onClose} title={t('web.requests.complain')}>
      <div className="stack">
        <p className="quiet">{t('web.requests.complain_lead')}</p>
        {mine.error && <Trouble error={mine.error} again={() => void mine.refetch()} />}
        <Form
          form={form}
          name="complaint"
          layout="vertical"
          requiredMark={false}
          onFinish={(filled) => send.mutate(filled)}
        >
          <Form.Item name="whom" label={t('web.requests.whom')} rules={[needed]}>
            <Radio.Group className="choices" options={whom} />
          </Form.Item>
          <Form.Item name="topic" label={t('web.requests.topic')} rules={[needed]}>
            <Radio.Group
              className="choices"
              options={topics.map((value) => ({ value, label: name('petition_topic', value) }))}
            />
          </Form.Item>
          <Form.Item
            name="text"
            label={t('web.requests.what')}
            extra={t('web.requests.sealed')}
            rules={[{ ...needed, whitespace: true }]}
          >
            <Input.TextArea rows={6} maxLength={4000} />
          </Form.Item>
          {send.error && <Trouble error={send.error} />}
          <Button type="primary" htmlType="submit" loading={send.isPending}>
            {t('web.requests.send')}
          </Button>
        </Form>
      </div>
    </Aside>
  )
}
