import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Radio } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { useWords } from '../../words/words'

type View = Schema['MisconductView']
type Option = View['steps'][number]

/** What the form of a step is filled in with. */
interface Said {
  choice?: string
  reason?: string
  statement?: string
}

/** The steps that the reader may take next; one that they may not says why. */
export function Steps({ of }: { of: View }) {
  return of.steps.map((option) => <One key={option.step} of={of} option={option} />)
}

function send(id: string, step: Option['step'], { choice, reason = '', statement = '' }: Said): Promise<unknown> {
  const params = { path: { id } }
  switch (step) {
    case 'confirmation':
      return answer(
        api.POST('/v1/misconduct/{id}/confirmation', { params, body: { agrees: choice === 'yes', reason } }),
      )
    case 'statement':
      return answer(api.POST('/v1/misconduct/{id}/statement', { params, body: { statement } }))
    case 'review':
      return answer(api.POST('/v1/misconduct/{id}/review', { params, body: { reason } }))
    case 'decision':
      return answer(api.POST('/v1/misconduct/{id}/decision', { params, body: { founded: choice === 'yes', reason } }))
    case 'delivery': {
      const how = choice as Schema['MisconductDeliveryBody']['how']
      return answer(api.POST('/v1/misconduct/{id}/delivery', { params, body: { how } }))
    }
  }
}

const ways = ['in_person', 'by_mail', 'on_platform'] as const

function One({ of, option }: { of: View; option: Option }) {
  const { t, name } = useWords()
  const queries = useQueryClient()
  const [form] = Form.useForm<Said>()
  const { step } = option
  const take = useMutation({
    mutationFn: (said: Said) => send(of.id, step, said),
    onError: (error) => putFaults(form, error),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['misconduct'] })
      void queries.invalidateQueries({ queryKey: ['case'] })
    },
  })
  const options =
    step === 'delivery'
      ? ways.map((value) => ({ value: value as string, label: name('misconduct_how', value) }))
      : (['yes', 'no'] as const).map((value) => ({
          value: value as string,
          label: t(step === 'decision' ? `web.misconduct.decides.${value}` : `web.misconduct.confirms.${value}`),
        }))
  const chooses = step === 'confirmation' || step === 'decision' || step === 'delivery'
  return (
    <section className="stack close" aria-labelledby={`step-${step}`}>
      <h2 id={`step-${step}`}>{t(`web.misconduct.step.${step}`)}</h2>
      {option.why_not ? (
        <p className="alert warn">{option.why_not.name}</p>
      ) : (
        <Form
          form={form}
          name={`step-${step}`}
          layout="vertical"
          requiredMark={false}
          onFinish={(said) => take.mutate(said)}
        >
          {chooses && (
            <Form.Item
              name="choice"
              label={t(`web.misconduct.asks.${step}`)}
              rules={[{ required: true, message: t('web.resolve.missing') }]}
            >
              <Radio.Group className="choices" options={options} />
            </Form.Item>
          )}
          {step === 'statement' && (
            <Form.Item
              name="statement"
              label={t('web.misconduct.statement')}
              extra={t('web.misconduct.statement_once')}
              rules={[{ required: true, whitespace: true, message: t('web.resolve.missing') }]}
            >
              <Input.TextArea rows={5} maxLength={4000} />
            </Form.Item>
          )}
          {step !== 'statement' && step !== 'delivery' && <ReasonField rows={2} />}
          {take.error && <Trouble error={take.error} />}
          <Button type="primary" htmlType="submit" loading={take.isPending}>
            {t(step === 'statement' ? 'web.misconduct.send_statement' : 'web.resolve.do')}
          </Button>
        </Form>
      )}
    </section>
  )
}
