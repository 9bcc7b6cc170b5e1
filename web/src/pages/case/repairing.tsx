import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, InputNumber, Radio } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { type Executed, idOf, place } from './executed'

type Options = Schema['OptionsView']

/** What somebody is about to do to an execution. */
export type Asked =
  | { verb: 'pause_execution' | 'resume_execution' | 'reset_execution' }
  | { verb: 'pause_activity' | 'resume_activity' | 'retry_activity'; activity: string }
  | { verb: 'reoption_activity'; activity: string; options: Options }

interface Said extends Partial<Options> {
  reason: string
  to?: string
}

/** Asks why, says what it will do, and does it to the run that was seen and to no other. */
export function Repairing({
  of,
  run,
  asked,
  points,
  onDone,
}: {
  of: Executed
  run: string
  asked: Asked
  points: Schema['ExecutionPoint'][]
  onDone: () => void
}) {
  const { t, name, lang } = useWords()
  const queries = useQueryClient()
  const [form] = Form.useForm<Said>()
  const repair = useMutation({
    mutationFn: (said: Said) => send(of, run, asked, said),
    onSuccess: onDone,
    onError: (error) => putFaults(form, error),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['execution', idOf(of)] })
      void queries.invalidateQueries({ queryKey: ['incidents'] })
    },
  })
  const missing = [{ required: true, message: t('web.resolve.missing') }]
  const means = asked.verb === 'resume_execution' || asked.verb === 'resume_activity' ? undefined : asked.verb
  return (
    <Form
      key={asked.verb}
      form={form}
      name="repair"
      layout="vertical"
      requiredMark={false}
      initialValues={asked.verb === 'reoption_activity' ? changeable(asked.options) : {}}
      onFinish={(said) => repair.mutate(said)}
    >
      {means && <p className="quiet">{name('suggestion', means)}</p>}
      {asked.verb === 'reset_execution' && (
        <Form.Item name="to" label={t('web.execution.from')} rules={missing}>
          <Radio.Group
            className="verbs"
            options={points.map((p) => ({
              value: p.to,
              label: (
                <>
                  {p.name} <span className="quiet small">{moment(lang, p.at)}</span>
                  <br />
                  <span className="quiet small">{p.effect}</span>
                </>
              ),
            }))}
          />
        </Form.Item>
      )}
      {asked.verb === 'reoption_activity' &&
        (['attempt_seconds', 'interval_seconds', 'patience_seconds'] as const).map((field) => (
          <Form.Item key={field} name={field} label={t(`web.execution.${field}`)}>
            <InputNumber min={1} max={2_592_000} precision={0} />
          </Form.Item>
        ))}
      <ReasonField rows={2} />
      {repair.error && <Trouble error={repair.error} />}
      <div className="row">
        <Button type="primary" htmlType="submit" loading={repair.isPending} danger={asked.verb === 'reset_execution'}>
          {name('repair', asked.verb)}
        </Button>
        <Button onClick={onDone}>{t('web.answer.back')}</Button>
      </div>
    </Form>
  )
}

/** Of the options of an activity, those that say something: 0 is without end. */
function changeable(options: Options): Partial<Options> {
  return Object.fromEntries(Object.entries(options).filter(([, seconds]) => seconds > 0))
}

function send(of: Executed, run: string, asked: Asked, { reason, to, ...options }: Said) {
  const body = { run_id: run, reason }
  const id = idOf(of)
  const own = { path: { id } }
  switch (asked.verb) {
    case 'pause_execution':
      return answer(api.POST(place(of, '/v1/cases/{id}/execution/pause'), { params: own, body }))
    case 'resume_execution':
      return answer(api.POST(place(of, '/v1/cases/{id}/execution/unpause'), { params: own, body }))
    case 'reset_execution':
      return answer(
        api.POST(place(of, '/v1/cases/{id}/execution/reset'), { params: own, body: { ...body, to: to ?? '' } }),
      )
    case 'pause_activity':
      return answer(
        api.POST(place(of, '/v1/cases/{id}/execution/activities/{ref}/pause'), { params: activity(id, asked), body }),
      )
    case 'resume_activity':
      return answer(
        api.POST(place(of, '/v1/cases/{id}/execution/activities/{ref}/unpause'), { params: activity(id, asked), body }),
      )
    case 'retry_activity':
      return answer(
        api.POST(place(of, '/v1/cases/{id}/execution/activities/{ref}/reset'), { params: activity(id, asked), body }),
      )
    case 'reoption_activity':
      return answer(
        api.POST(place(of, '/v1/cases/{id}/execution/activities/{ref}/options'), {
          params: activity(id, asked),
          body: { ...body, ...changed(asked.options, options) },
        }),
      )
  }
}

const activity = (id: string, asked: { activity: string }) => ({ path: { id, ref: asked.activity } })

/** Only what was changed is sent: what stays need not be repeated. */
function changed(before: Options, now: Partial<Options>): Partial<Options> {
  return Object.fromEntries(
    Object.entries(now).filter(([field, seconds]) => seconds && seconds !== before[field as keyof Options]),
  )
}
