import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, InputNumber } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { useWords } from '../../words/words'
import { ChoiceField, TextField } from './fields'

type View = Schema['PetitionView']
/** What carries out what was agreed to has a form of its own. */
type Option = View['steps'][number] & { step: Exclude<View['steps'][number]['step'], 'carrying_out'> }

/** What the form of a step is filled in with. */
interface Filled {
  choice?: string
  score?: number | null
  text?: string
  answer?: string
  statement?: string
  reason?: string
}

/** The steps that the reader may take next; one that they may not says why. */
export function Steps({ of }: { of: View }) {
  const plain = of.steps.filter((option): option is Option => option.step !== 'carrying_out')
  return plain.map((option) => <One key={option.step} of={of} option={option} />)
}

function send(id: string, step: Option['step'], filled: Filled): Promise<unknown> {
  const params = { path: { id } }
  const { choice, score, text = '', reason = '', statement = '' } = filled
  switch (step) {
    case 'withdrawal':
      return answer(api.POST('/v1/petitions/{id}/withdrawal', { params }))
    case 'hearing':
      return answer(api.POST('/v1/petitions/{id}/hearing', { params }))
    case 'pause':
      return answer(api.POST('/v1/petitions/{id}/pause', { params, body: { reason } }))
    case 'appeal':
      return answer(api.POST('/v1/petitions/{id}/appeal', { params, body: { text } }))
    case 'statement':
      return answer(api.POST('/v1/petitions/{id}/statement', { params, body: { statement } }))
    case 'confirmation':
      return answer(api.POST('/v1/petitions/{id}/confirmation', { params, body: { agrees: choice === 'yes', reason } }))
    case 'answer': {
      const outcome = choice as Schema['PetitionAnswerBody']['outcome']
      const body = { outcome, answer: filled.answer ?? '', ...(outcome === 'corrected' && score != null && { score }) }
      return answer(api.POST('/v1/petitions/{id}/answer', { params, body }))
    }
  }
}

const bare = new Set<Option['step']>(['withdrawal', 'hearing'])

function One({ of, option }: { of: View; option: Option }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [form] = Form.useForm<Filled>()
  const choice = Form.useWatch('choice', form)
  const { step } = option
  const take = useMutation({
    mutationFn: (filled: Filled) => send(of.id, step, filled),
    onError: (error) => putFaults(form, error),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['requests'] })
      void queries.invalidateQueries({ queryKey: ['case'] })
    },
  })
  return (
    <section className="stack close" aria-labelledby={`step-${step}-${of.id}`}>
      <h2 id={`step-${step}-${of.id}`}>{t(`web.requests.step.${step}`)}</h2>
      {option.until && <p className="quiet">{t('web.requests.until', { day: option.until })}</p>}
      {option.why_not ? (
        <p className="alert warn">{option.why_not.name}</p>
      ) : (
        <Form
          form={form}
          name={`step-${step}-${of.id}`}
          layout="vertical"
          requiredMark={false}
          onFinish={(filled) => take.mutate(filled)}
        >
          {step === 'confirmation' && (
            <ChoiceField
              name="choice"
              label={t('web.requests.agree')}
              options={[
                { value: 'yes', label: t('web.requests.agrees') },
                { value: 'no', label: t('web.requests.declines') },
              ]}
            />
          )}
          {step === 'answer' && (
            <>
              <ChoiceField
                name="choice"
                label={t('web.requests.outcome')}
                options={(option.outcomes ?? []).map((o) => ({ value: o.code, label: o.name }))}
              />
              {choice === 'corrected' && (
                <Form.Item
                  name="score"
                  label={t('web.requests.score')}
                  rules={[{ required: true, message: t('web.resolve.missing') }]}
                >
                  <InputNumber min={0} max={100} precision={2} />
                </Form.Item>
              )}
              <TextField
                name="answer"
                label={t('web.requests.answer')}
                extra={t('web.requests.answer_read')}
                rows={3}
                most={2000}
              />
            </>
          )}
          {step === 'appeal' && <TextField name="text" label={t('web.requests.why')} rows={4} />}
          {step === 'statement' && <TextField name="statement" label={t('web.requests.statement')} rows={5} />}
          {(step === 'confirmation' || step === 'pause') && <ReasonField rows={2} />}
          {take.error && <Trouble error={take.error} />}
          <Button type={bare.has(step) ? 'default' : 'primary'} htmlType="submit" loading={take.isPending}>
            {t(`web.requests.do.${step}`)}
          </Button>
        </Form>
      )}
    </section>
  )
}
