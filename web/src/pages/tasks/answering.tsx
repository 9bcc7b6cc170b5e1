import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Radio } from 'antd'
import { useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import { ResultFields } from './fields'
import { Outcome, Recorded } from './recorded'
import { type Given, isMark, type Rejection, type Result, resultOf } from './result'

type Task = Schema['TaskOutputBody']
type Said = { result: Result } | { rejection: Rejection }

const codes = ['class_full', 'wrong_person', 'not_our_occupation', 'other'] as const

const send = (id: string, said: Said) => {
  const params = { path: { id } }
  return 'result' in said
    ? answer(api.POST('/v1/tasks/{id}/result', { params, body: said.result }))
    : answer(api.POST('/v1/tasks/{id}/rejection', { params, body: said.rejection }))
}

/** Answers a task: it is written, read once more as it will be recorded, and sent. What was written stays until then. */
export function Answering({ task }: { task: Task }) {
  const { t } = useWords()
  const [refusing, setRefusing] = useState(false)
  const [checking, setChecking] = useState<Said>()
  const [result] = Form.useForm<Given>()
  const [rejection] = Form.useForm<Rejection>()
  const queries = useQueryClient()
  const sending = useMutation({
    mutationFn: (said: Said) => send(task.id, said),
    onError: (error) => {
      if (refusing) putFaults(rejection, error)
      else putFaults(result, error)
      setChecking(undefined)
    },
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['task', task.id] })
      void queries.invalidateQueries({ queryKey: ['tasks'] })
    },
  })
  if (sending.data) {
    return (
      <section className="stack close" aria-label={t('web.answer.title')}>
        <Outcome of={sending.data} />
        {sending.variables && <Recorded task={task} answer={sending.variables} />}
      </section>
    )
  }
  if (task.state !== 'open') return sending.error ? <Trouble error={sending.error} /> : null
  const { today } = task.details
  return (
    <section className="stack close" aria-labelledby="answer">
      <h2 id="answer">{t('web.answer.title')}</h2>
      <div hidden={Boolean(checking)} className="stack close">
        <Radio.Group
          aria-label={t('web.answer.title')}
          optionType="button"
          buttonStyle="solid"
          value={refusing}
          onChange={(e) => {
            setRefusing(e.target.value)
            sending.reset()
          }}
          options={[
            { value: false, label: t('web.answer.result') },
            { value: true, label: t('web.answer.refuse') },
          ]}
        />
        {sending.error && <Trouble error={sending.error} />}
        <div hidden={refusing}>
          <Form
            form={result}
            layout="vertical"
            requiredMark={false}
            className="answer"
            initialValues={isMark(task.kind) ? { held_on: today } : { accepted_on: today, completed_modules: [] }}
            onFinish={(given) => setChecking({ result: resultOf(task.kind, given) })}
          >
            <ResultFields task={task} />
            <Button type="primary" htmlType="submit">
              {t('web.answer.check')}
            </Button>
          </Form>
        </div>
        <div hidden={!refusing}>
          <Refusing form={rejection} onSaid={(said) => setChecking({ rejection: said })} />
        </div>
      </div>
      {checking && (
        <div className="alert warn stack close">
          <h3>{t('web.answer.checking')}</h3>
          <Recorded task={task} answer={checking} />
          <div className="row">
            <Button type="primary" loading={sending.isPending} onClick={() => sending.mutate(checking)}>
              {t('web.answer.send')}
            </Button>
            <Button disabled={sending.isPending} onClick={() => setChecking(undefined)}>
              {t('web.answer.back')}
            </Button>
          </div>
        </div>
      )}
    </section>
  )
}

/** A task is sent back, with the reason by which the operator goes on. */
function Refusing({
  form,
  onSaid,
}: {
  form: ReturnType<typeof Form.useForm<Rejection>>[0]
  onSaid: (said: Rejection) => void
}) {
  const { t, name } = useWords()
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      onFinish={({ reason_code, note }) => onSaid({ reason_code, ...(note?.trim() ? { note: note.trim() } : {}) })}
    >
      <p className="quiet">{t('web.answer.refuse_means')}</p>
      <Form.Item
        name="reason_code"
        label={t('web.answer.reason_code')}
        rules={[{ required: true, message: t('web.resolve.missing') }]}
      >
        <Radio.Group className="choices" options={codes.map((c) => ({ value: c, label: name('rejection', c) }))} />
      </Form.Item>
      <Form.Item name="note" label={t('web.answer.note')} extra={t('web.answer.note_hint')}>
        <Input.TextArea rows={3} maxLength={500} />
      </Form.Item>
      <Button type="primary" danger htmlType="submit">
        {t('web.answer.check')}
      </Button>
    </Form>
  )
}
