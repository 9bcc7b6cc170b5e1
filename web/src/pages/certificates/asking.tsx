import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Form, Input, Radio, Select } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { useWords } from '../../words/words'
import type { Certificate } from './certificate'

type Kind = Certificate['measures'][number]['kind']

interface Said {
  kind: Kind
  reason_class: string
  reason: string
  evidence?: string
  name?: string
  id_number?: string
  photo?: boolean
  person_too?: boolean
}

const paths = {
  suspension: '/v1/certificates/{id}/suspensions',
  reinstatement: '/v1/certificates/{id}/reinstatements',
  revocation: '/v1/certificates/{id}/revocations',
} as const

/** Asks for a measure. It does nothing yet: somebody else decides. */
function ask(id: string, { kind, ...said }: Said) {
  const params = { path: { id } }
  if (kind === 'correction') {
    const { name, id_number, ...rest } = said
    const body = { ...rest, ...(name ? { name } : {}), ...(id_number ? { id_number } : {}) }
    return answer(
      api.POST('/v1/certificates/{id}/corrections', { params, body: body as Schema['CertificateCorrectionBody'] }),
    )
  }
  const { reason_class, reason, evidence } = said
  const body = { reason_class, reason, ...(evidence ? { evidence } : {}) } as Schema['MeasureBody']
  return answer(api.POST(paths[kind], { params, body }))
}

/** What can be asked for about a certificate, by who reads it. */
export function Asking({ of }: { of: Certificate }) {
  const { t } = useWords()
  const [form] = Form.useForm<Said>()
  const first = of.measures[0]
  const kind = Form.useWatch('kind', form) ?? first?.kind
  const queries = useQueryClient()
  const asking = useMutation({
    mutationFn: (said: Said) => ask(of.id, said),
    onSuccess: () => form.resetFields(),
    onError: (error) => putFaults(form, error),
    onSettled: () => void queries.invalidateQueries({ queryKey: ['certificate', of.id] }),
  })
  if (!first) return null
  const measure = of.measures.find((m) => m.kind === kind) ?? first
  const required = [{ required: true, message: t('web.resolve.missing') }]
  return (
    <section className="sheet stack close" aria-labelledby="ask">
      <h2 id="ask">{t('web.one_certificate.ask')}</h2>
      <p className="quiet">{t('web.one_certificate.ask_lead')}</p>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ kind: first.kind }}
        onFinish={(said) => asking.mutate(said)}
      >
        <Form.Item name="kind" label={t('web.one_certificate.measure')} rules={required}>
          <Radio.Group
            options={of.measures.map((m) => ({ value: m.kind, label: m.name }))}
            onChange={() => form.resetFields(['reason_class'])}
          />
        </Form.Item>
        <Form.Item name="reason_class" label={t('web.one_certificate.class')} rules={required}>
          <Select options={measure.reasons.map((r) => ({ value: r.code, label: r.name }))} />
        </Form.Item>
        {kind === 'correction' && <Printed />}
        <Form.Item name="evidence" label={t('web.resolve.evidence')}>
          <Input.TextArea rows={2} maxLength={500} />
        </Form.Item>
        <ReasonField rows={2} />
        {asking.error && <Trouble error={asking.error} />}
        <Button type="primary" htmlType="submit" loading={asking.isPending}>
          {t('web.one_certificate.send')}
        </Button>
      </Form>
    </section>
  )
}

/** What is to be printed instead. What is left empty stays. */
function Printed() {
  const { t } = useWords()
  return (
    <>
      <p className="quiet small">{t('web.one_certificate.printed')}</p>
      <Form.Item name="name" label={t('web.one_certificate.name')}>
        <Input autoComplete="off" maxLength={64} />
      </Form.Item>
      <Form.Item name="id_number" label={t('web.one_certificate.id_number')}>
        <Input autoComplete="off" maxLength={64} />
      </Form.Item>
      <Form.Item name="photo" valuePropName="checked">
        <Checkbox>{t('web.one_certificate.photo')}</Checkbox>
      </Form.Item>
      <Form.Item name="person_too" valuePropName="checked">
        <Checkbox>{t('web.one_certificate.person_too')}</Checkbox>
      </Form.Item>
    </>
  )
}
