import { useMutation } from '@tanstack/react-query'
import { Button, Form, Input, Radio } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { useWords } from '../../words/words'
import { type Inspection, useInspected } from './detail'

type Found = Schema['FindingView']

const tones: Record<string, string> = { open: 'warn', answered: 'now', accepted: 'good', escalated: 'bad' }

/** One finding, and what its reader can do about it. */
export function Finding({ inspection, of }: { inspection: Inspection; of: Found }) {
  const { t } = useWords()
  const { account } = useSession()
  const heading = `finding-${of.number}`
  return (
    <section className="sheet stack close" aria-labelledby={heading}>
      <h3 id={heading}>
        {t('web.inspections.finding_n', { n: of.number })} · {of.severity.name}{' '}
        <span className={`mark ${of.overdue ? 'bad' : tones[of.state.code]}`}>
          {of.overdue ? t('web.inspections.overdue') : of.state.name}
        </span>
      </h3>
      <p>{of.what}</p>
      <dl className="facts">
        <dt>{t('web.inspections.citation')}</dt>
        <dd>{of.citation}</dd>
        {of.evidence && (
          <>
            <dt>{t('web.resolve.evidence')}</dt>
            <dd>{of.evidence}</dd>
          </>
        )}
        <dt>{t('web.inspections.due_on')}</dt>
        <dd>{of.due_on}</dd>
      </dl>
      {account.role === 'institution' && (of.state.code === 'open' || of.state.code === 'escalated') && (
        <Answering inspection={inspection.id} of={of} />
      )}
      {account.role === 'operator' && of.state.code !== 'accepted' && <Deciding inspection={inspection.id} of={of} />}
    </section>
  )
}

function Answering({ inspection, of }: { inspection: string; of: Found }) {
  const { t } = useWords()
  const inspected = useInspected(inspection)
  const send = useMutation({
    mutationFn: (body: Schema['FindingAnswerBody']) =>
      answer(api.POST('/v1/inspection-findings/{id}/answer', { params: { path: { id: of.id } }, body })),
    onSuccess: inspected,
  })
  return (
    <Form
      name={`answer-${of.number}`}
      layout="vertical"
      requiredMark={false}
      onFinish={(body: Schema['FindingAnswerBody']) => send.mutate(body)}
    >
      <Form.Item
        name="text"
        label={t('web.inspections.answer')}
        rules={[{ required: true, whitespace: true, message: t('web.resolve.missing') }]}
      >
        <Input.TextArea rows={3} maxLength={4000} />
      </Form.Item>
      <Form.Item name="evidence" label={t('web.resolve.evidence')}>
        <Input maxLength={1000} />
      </Form.Item>
      {send.error && <Trouble error={send.error} />}
      <Button type="primary" htmlType="submit" loading={send.isPending}>
        {t('web.inspections.send')}
      </Button>
    </Form>
  )
}

type Given = Schema['FindingDecisionBody']

/** What an operator can decide, by how the finding stands. */
const offered: Record<string, Given['decision'][]> = {
  open: ['extend', 'escalate'],
  answered: ['accept', 'return', 'escalate'],
  escalated: ['accept', 'extend'],
}

function Deciding({ inspection, of }: { inspection: string; of: Found }) {
  const { t } = useWords()
  const inspected = useInspected(inspection)
  const [form] = Form.useForm<Given>()
  const chosen = Form.useWatch('decision', form)
  const decide = useMutation({
    mutationFn: (body: Given) =>
      answer(api.POST('/v1/inspection-findings/{id}/decision', { params: { path: { id: of.id } }, body })),
    onSuccess: inspected,
    onError: (e) => putFaults(form, e),
  })
  const needed = [{ required: true, message: t('web.resolve.missing') }]
  return (
    <Form
      form={form}
      name={`decide-${of.number}`}
      layout="vertical"
      requiredMark={false}
      onFinish={(body: Given) => decide.mutate(body)}
    >
      <Form.Item name="decision" label={t('web.one_certificate.decision')} rules={needed}>
        <Radio.Group
          options={(offered[of.state.code] ?? []).map((d) => ({ value: d, label: t(`web.finding_decision.${d}`) }))}
        />
      </Form.Item>
      {(chosen === 'return' || chosen === 'extend') && (
        <Form.Item name="due_on" label={t('web.inspections.due_on')} rules={needed}>
          <Input type="date" />
        </Form.Item>
      )}
      {chosen === 'escalate' && (
        <Form.Item
          name="legal_basis"
          label={t('web.institutions.legal_basis')}
          extra={t('web.inspections.escalate_means')}
          rules={[{ ...needed[0], whitespace: true }]}
        >
          <Input.TextArea rows={2} maxLength={500} />
        </Form.Item>
      )}
      {chosen && <ReasonField rows={2} />}
      {decide.error && <Trouble error={decide.error} />}
      {chosen && (
        <Button type="primary" danger={chosen === 'escalate'} htmlType="submit" loading={decide.isPending}>
          {t('web.resolve.do')}
        </Button>
      )}
    </Form>
  )
}
