import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import { ChoiceField } from './fields'

type Body = Schema['PauseBody']

/** Pausing one's own case: why, until which day, and what holds meanwhile. */
export function Pausing({ caseID, may, onDone }: { caseID: string; may: Schema['OwnPause']; onDone: () => void }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [form] = Form.useForm<Body>()
  const pause = useMutation({
    mutationFn: (body: Body) => answer(api.POST('/v1/cases/{id}/pause', { params: { path: { id: caseID } }, body })),
    onError: (error) => putFaults(form, error),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['case', caseID] })
      onDone()
    },
  })
  if (may.why_not) return <p className="alert warn">{may.why_not.name}</p>
  return (
    <Form form={form} name="pausing" layout="vertical" requiredMark={false} onFinish={(said) => pause.mutate(said)}>
      <h3>{t('web.own.pause')}</h3>
      <p>{t('web.own.pause_means')}</p>
      <ChoiceField
        name="reason"
        label={t('web.own.pause_why')}
        options={may.reasons.map((r) => ({ value: r.code, label: r.name }))}
      />
      <Form.Item
        name="until"
        label={t('web.own.pause_until')}
        extra={t('web.own.pause_between', { from: may.from, last: may.last })}
        rules={[{ required: true, message: t('web.resolve.missing') }]}
      >
        <Input type="date" className="narrow" min={may.from} max={may.last} />
      </Form.Item>
      {pause.error && <Trouble error={pause.error} />}
      <Button type="primary" htmlType="submit" loading={pause.isPending}>
        {t('web.own.pause_do')}
      </Button>
    </Form>
  )
}

/** Letting one's own case go on before the day until which one paused it. */
export function Returning({ caseID }: { caseID: string }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const resume = useMutation({
    mutationFn: () => answer(api.POST('/v1/cases/{id}/resumption', { params: { path: { id: caseID } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['case', caseID] }),
  })
  return (
    <>
      {resume.error && <Trouble error={resume.error} />}
      <Button type="primary" loading={resume.isPending} onClick={() => resume.mutate()}>
        {t('web.own.return')}
      </Button>
    </>
  )
}
