import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, InputNumber } from 'antd'
import { answer, api } from '../../api/client'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import type { EndpointDetail } from './queries'

interface Given {
  schedule: string
  concurrency: number
}

/** A schedule as it is written: seconds, divided by whatever people divide with. */
export const scheduleOf = (written: string): number[] | undefined => {
  const parts = written
    .normalize('NFKC')
    .split(/[\s,;、]+/)
    .filter(Boolean)
  return parts.every((part) => /^\d+$/.test(part)) ? parts.map(Number) : undefined
}

/** Where callbacks go, when they are tried again, and how many go at once. */
export function Settings({ of }: { of: EndpointDetail }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const saved = () => queries.invalidateQueries({ queryKey: ['endpoint'] })
  const params = { path: { id: of.id } }
  const [address] = Form.useForm<{ url: string }>()
  const [form] = Form.useForm<Given>()
  const move = useMutation({
    mutationFn: (body: { url: string }) => answer(api.POST('/v1/endpoints/{id}/url', { params, body })),
    onSuccess: saved,
    onError: (error) => putFaults(address, error),
  })
  const set = useMutation({
    mutationFn: ({ schedule, concurrency }: Given) =>
      answer(
        api.POST('/v1/endpoints/{id}/settings', {
          params,
          body: { schedule: scheduleOf(schedule) ?? [], concurrency },
        }),
      ),
    onSuccess: saved,
    onError: (error) => putFaults(form, error),
  })
  return (
    <section className="stack close" aria-labelledby="settings">
      <h2 id="settings">{t('web.endpoint.settings')}</h2>
      <Form
        form={address}
        layout="vertical"
        requiredMark={false}
        initialValues={{ url: of.url }}
        onFinish={(g) => move.mutate(g)}
      >
        <AddressField />
        <Saved shown={move.isSuccess} error={move.error} />
        <Button htmlType="submit" loading={move.isPending}>
          {t('web.endpoint.move')}
        </Button>
      </Form>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ schedule: of.standard_schedule ? '' : of.schedule.join(', '), concurrency: of.concurrency }}
        onFinish={(given) => set.mutate(given)}
      >
        <Form.Item
          name="schedule"
          label={t('web.endpoint.schedule')}
          extra={t('web.endpoint.schedule_hint', { standard: of.standard_schedule ? of.schedule.join(', ') : '—' })}
          rules={[
            {
              validator: (_, written = '') =>
                scheduleOf(written) ? Promise.resolve() : Promise.reject(new Error(t('web.endpoint.schedule_form'))),
            },
          ]}
        >
          <Input className="mono" />
        </Form.Item>
        <Form.Item name="concurrency" label={t('web.endpoint.concurrency')}>
          <InputNumber min={1} max={16} precision={0} />
        </Form.Item>
        <Saved shown={set.isSuccess} error={set.error} />
        <Button htmlType="submit" loading={set.isPending}>
          {t('web.endpoint.save')}
        </Button>
      </Form>
    </section>
  )
}

function Saved({ shown, error }: { shown: boolean; error: unknown }) {
  const { t } = useWords()
  if (error) return <Trouble error={error} />
  return (
    shown && (
      <p className="alert good" role="status">
        {t('web.endpoint.saved')}
      </p>
    )
  )
}

/** The address that callbacks are posted to. */
export function AddressField() {
  const { t } = useWords()
  return (
    <Form.Item
      name="url"
      label={t('web.endpoint.url')}
      extra={t('web.endpoint.url_hint')}
      rules={[{ required: true, whitespace: true, message: t('web.resolve.missing') }]}
    >
      <Input type="url" inputMode="url" autoComplete="off" maxLength={2048} placeholder="https://" />
    </Form.Item>
  )
}
