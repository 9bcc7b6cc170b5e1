import { Button, Form, Radio } from 'antd'
import { useWords } from '../words/words'
import { putFaults } from './faults'
import { Trouble } from './notes'
import { ReasonField } from './reason'

/** What somebody decided on what another had asked for. */
export interface Said {
  decision: 'approve' | 'refuse'
  reason: string
}

/** Asks the second person for a decision and its reason. `decide` fails with what the server would not have. */
export function Deciding({
  id,
  outdated = false,
  danger = false,
  pending,
  error,
  decide,
}: {
  id: string
  outdated?: boolean // what was asked for can be approved no more
  danger?: boolean
  pending: boolean
  error: unknown
  decide: (said: Said) => Promise<unknown>
}) {
  const { t } = useWords()
  const [form] = Form.useForm<Said>()
  return (
    <Form
      form={form}
      name={`decide-${id}`}
      layout="vertical"
      requiredMark={false}
      onFinish={(said) => decide(said).catch((e) => putFaults(form, e))}
    >
      <Form.Item
        name="decision"
        label={t('web.one_certificate.decision')}
        rules={[{ required: true, message: t('web.resolve.missing') }]}
      >
        <Radio.Group
          options={[
            { value: 'approve', label: t('web.one_certificate.approve'), disabled: outdated },
            { value: 'refuse', label: t('web.one_certificate.refuse') },
          ]}
        />
      </Form.Item>
      <ReasonField rows={2} />
      {error ? <Trouble error={error} /> : null}
      <Button type="primary" danger={danger} htmlType="submit" loading={pending}>
        {t('web.resolve.do')}
      </Button>
    </Form>
  )
}
