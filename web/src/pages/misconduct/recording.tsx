import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Select } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { Aside } from '../../shell/aside'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'

type Report = Schema['MisconductBody']

/** One person of the evaluation body records what they saw. Nothing follows of it until a second confirms it. */
export function Recording({ onClose }: { onClose: (made?: string) => void }) {
  const { t, name } = useWords()
  const queries = useQueryClient()
  const [form] = Form.useForm<Report>()
  const rules = useQuery({ queryKey: ['misconduct-rules'], queryFn: () => answer(api.GET('/v1/misconduct-rules', {})) })
  const tasks = useQuery({
    queryKey: ['misconduct', 'tasks'],
    queryFn: async () => {
      const of = async (kind: 'theory' | 'practical') =>
        (await answer(api.GET('/v1/tasks', { params: { query: { kind, page: 1, sort: '-issued_at', limit: 200 } } })))
          .tasks
      return [...(await of('theory')), ...(await of('practical'))]
    },
  })
  const record = useMutation({
    mutationFn: (body: Report) => answer(api.POST('/v1/misconduct', { body })),
    onError: (error) => putFaults(form, error),
    onSuccess: ({ misconduct }) => {
      void queries.invalidateQueries({ queryKey: ['misconduct'] })
      onClose(misconduct[0]?.id)
    },
  })
  const needed = [{ required: true, message: t('web.resolve.missing') }]
  const within = (select: HTMLElement) => select.parentElement ?? document.body
  const failed = rules.error ?? tasks.error
  return (
    <Aside onClose={() => onClose()} title={t('web.misconduct.record')}>
      {failed && <Trouble error={failed} />}
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(body) => record.mutate(body)}>
        <Form.Item
          name="task_ids"
          label={t('web.misconduct.tasks')}
          extra={t('web.misconduct.tasks_several')}
          rules={needed}
        >
          <Select
            mode="multiple"
            loading={tasks.isPending}
            getPopupContainer={within}
            optionFilterProp="label"
            options={(tasks.data ?? []).map((task) => ({
              value: task.id,
              label: `${name('task_kind', task.kind)} · ${t('web.tasks.attempt_n', { n: task.attempt })} · ${task.id.slice(0, 8)}`,
            }))}
          />
        </Form.Item>
        <Form.Item name="act" label={t('web.misconduct.act')} rules={needed}>
          <Select
            loading={rules.isPending}
            getPopupContainer={within}
            options={(rules.data?.acts ?? []).map((act) => ({
              value: act.code,
              label: `${act.name}（${act.citation.clause}，${act.voids.name}）`,
            }))}
          />
        </Form.Item>
        <Form.Item name="occurred_on" label={t('web.misconduct.occurred')} rules={needed}>
          <Input type="date" />
        </Form.Item>
        <Form.Item
          name="account"
          label={t('web.misconduct.account')}
          extra={t('web.misconduct.account_kept')}
          rules={needed}
        >
          <Input.TextArea rows={5} maxLength={4000} />
        </Form.Item>
        <Form.Item name="evidence" label={t('web.misconduct.evidence')}>
          <Input maxLength={500} />
        </Form.Item>
        {record.error && <Trouble error={record.error} />}
        <Button type="primary" htmlType="submit" loading={record.isPending}>
          {t('web.misconduct.record')}
        </Button>
      </Form>
    </Aside>
  )
}
