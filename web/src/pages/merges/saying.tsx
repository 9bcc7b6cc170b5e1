import { Button, Form, type FormInstance, Input } from 'antd'
import type { ReactNode } from 'react'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { useWords } from '../../words/words'

/** What is said with a request about two records. */
export interface Given {
  reason: string
  legal_basis: string
  evidence: string
}

/** Asks what a request about two records rests on. */
export function Saying({
  form,
  name,
  pending,
  error,
  say,
  children,
}: {
  form: FormInstance<Given>
  name: string
  pending: boolean
  error: unknown
  say: (given: Given) => void
  children: ReactNode
}) {
  const { t } = useWords()
  const needed = [{ required: true, whitespace: true, message: t('web.resolve.missing') }]
  return (
    <Form form={form} name={name} layout="vertical" requiredMark={false} onFinish={say}>
      <Form.Item
        name="evidence"
        label={t('web.resolve.evidence')}
        extra={t('web.merges.evidence_extra')}
        rules={needed}
      >
        <Input.TextArea rows={2} maxLength={500} />
      </Form.Item>
      <Form.Item name="legal_basis" label={t('web.resolve.legal_basis')} rules={needed}>
        <Input.TextArea rows={2} maxLength={500} />
      </Form.Item>
      <ReasonField rows={2} />
      {error ? <Trouble error={error} /> : null}
      <Button type="primary" htmlType="submit" loading={pending}>
        {children}
      </Button>
    </Form>
  )
}
