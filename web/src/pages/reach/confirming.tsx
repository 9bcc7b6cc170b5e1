import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'

export type Channel = Schema['ContactCodeBody']['channel']

/** Shows that somebody is reached where they say: a code is sent there, and comes back. */
export function Confirming({ channel, known }: { channel: Channel; known: string }) {
  const { t } = useWords()
  const [form] = Form.useForm<{ code: string }>()
  const queries = useQueryClient()
  const send = useMutation({ mutationFn: () => answer(api.POST('/v1/me/contacts/code', { body: { channel } })) })
  const confirm = useMutation({
    mutationFn: ({ code }: { code: string }) =>
      answer(api.POST('/v1/me/contacts/confirmation', { body: { channel, code: code.trim() } })),
    onSuccess: (after) => queries.setQueryData(['my', 'contacts'], after),
    onError: (error) => putFaults(form, error),
  })
  const named = t(`web.reach.channel.${channel}`)
  return (
    <div className="stack close">
      <div className="row">
        <Button
          loading={send.isPending}
          onClick={() => send.mutate()}
          aria-label={t(send.isSuccess ? 'web.reach.code_again_to' : 'web.reach.code_to', { what: named })}
        >
          {t(send.isSuccess ? 'web.reach.code_again' : 'web.reach.code_send')}
        </Button>
        <span role="status">{send.isSuccess && t('web.reach.code_sent', { known })}</span>
      </div>
      {send.error && <Trouble error={send.error} />}
      {send.isSuccess && (
        <Form form={form} layout="inline" requiredMark={false} onFinish={(given) => confirm.mutate(given)}>
          <Form.Item
            name="code"
            label={t('web.reach.code')}
            rules={[{ required: true, pattern: /^\s*\d{6}\s*$/, message: t('web.reach.code_form') }]}
          >
            <Input inputMode="numeric" autoComplete="one-time-code" maxLength={6} className="code" />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={confirm.isPending}>
            {t('web.reach.confirm')}
          </Button>
        </Form>
      )}
      {confirm.error && <Trouble error={confirm.error} />}
    </div>
  )
}
