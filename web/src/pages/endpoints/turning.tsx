import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Form } from 'antd'
import { useState } from 'react'
import { answer, api } from '../../api/client'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { useWords } from '../../words/words'
import type { Endpoint } from './queries'

type Verb = 'pause' | 'resume' | 'disabling' | 'enabling'
interface Said {
  reason: string
  catch_up?: boolean
}

const turns: Record<Endpoint['state'], Verb[]> = {
  active: ['pause', 'disabling'],
  paused: ['resume', 'disabling'],
  disabled: ['enabling'],
}

const turn = (id: string, verb: Verb, { reason, catch_up = false }: Said) => {
  const params = { path: { id } }
  switch (verb) {
    case 'pause':
      return answer(api.POST('/v1/endpoints/{id}/pause', { params, body: { reason } }))
    case 'resume':
      return answer(api.POST('/v1/endpoints/{id}/resume', { params, body: { reason } }))
    case 'disabling':
      return answer(api.POST('/v1/endpoints/{id}/disabling', { params, body: { reason } }))
    case 'enabling':
      return answer(api.POST('/v1/endpoints/{id}/enabling', { params, body: { reason, catch_up } }))
  }
}

/** An endpoint is stopped or let go on, for a reason that is kept. */
export function Turning({ of }: { of: Endpoint }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [form] = Form.useForm<Said>()
  const [verb, setVerb] = useState<Verb>()
  const turning = useMutation({
    mutationFn: (said: Said) => (verb ? turn(of.id, verb, said) : Promise.resolve(undefined)),
    onSuccess: () => {
      setVerb(undefined)
      form.resetFields()
    },
    onError: (error) => putFaults(form, error),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['endpoint'] })
      void queries.invalidateQueries({ queryKey: ['endpoints'] })
    },
  })
  const verbs = turns[of.state]
  const asked = verb && verbs.includes(verb) ? verb : undefined
  const events = turning.data && 'events' in turning.data ? Number(turning.data.events) : undefined
  return (
    <section className="stack close" aria-labelledby="turning">
      <h2 id="turning">{t('web.endpoint.turning')}</h2>
      {events !== undefined && (
        <p className="alert good" role="status">
          {t('web.endpoint.enabled', { n: events })}
        </p>
      )}
      <div className="row">
        {verbs.map((v) => (
          <Button key={v} danger={v === 'disabling'} aria-pressed={v === asked} onClick={() => setVerb(v)}>
            {t(`web.endpoint_verb.${v}`)}
          </Button>
        ))}
      </div>
      {asked && (
        <Form
          form={form}
          layout="vertical"
          requiredMark={false}
          initialValues={{ catch_up: true }}
          onFinish={(said) => turning.mutate(said)}
        >
          <p className="quiet">{t(`web.endpoint_verb_means.${asked}`)}</p>
          {asked === 'enabling' && (
            <Form.Item name="catch_up" valuePropName="checked" extra={t('web.endpoint.catch_up_means')}>
              <Checkbox>{t('web.endpoint.catch_up')}</Checkbox>
            </Form.Item>
          )}
          <ReasonField rows={2} />
          {turning.error && <Trouble error={turning.error} />}
          <div className="row">
            <Button type="primary" htmlType="submit" danger={asked === 'disabling'} loading={turning.isPending}>
              {t('web.endpoint.do', { verb: t(`web.endpoint_verb.${asked}`) })}
            </Button>
            <Button onClick={() => setVerb(undefined)}>{t('web.answer.back')}</Button>
          </div>
        </Form>
      )}
    </section>
  )
}
