import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { Arrived } from '../../shell/arrived'
import { Aside } from '../../shell/aside'
import { Ending } from '../../shell/ending'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'

type Mailbox = Schema['MailboxView']

/** Where notices go to by mail. */
export function Mailboxes({ onClose }: { onClose: () => void }) {
  const { t } = useWords()
  const all = useQuery({
    queryKey: ['mailboxes'],
    queryFn: async () => (await answer(api.GET('/v1/mailboxes'))).mailboxes,
  })
  return (
    <Aside onClose={onClose} title={t('web.notices.mailboxes')}>
      <div className="stack">
        <p className="quiet">{t('web.notices.mailboxes_lead')}</p>
        <Arrived of={all}>
          {(data) =>
            data.length === 0 ? (
              <p>{t('web.notices.no_mailbox')}</p>
            ) : (
              <ul className="plain stack close">
                {data.map((box) => (
                  <Named key={box.id} box={box} />
                ))}
              </ul>
            )
          }
        </Arrived>
        <Naming />
      </div>
    </Aside>
  )
}

function Named({ box }: { box: Mailbox }) {
  const { t } = useWords()
  const [ending, setEnding] = useState(false)
  return (
    <li className="stack close">
      <div className="row apart">
        <span>
          {box.label} <span className="quiet">{box.address}</span>
        </span>
        {!ending && <Button onClick={() => setEnding(true)}>{t('web.notices.remove')}</Button>}
      </div>
      {ending && (
        <Ending
          title={t('web.notices.remove_one', { label: box.label })}
          means={t('web.notices.remove_means')}
          end={(reason) =>
            answer(api.POST('/v1/mailboxes/{id}/removal', { params: { path: { id: box.id } }, body: { reason } }))
          }
          list="mailboxes"
        />
      )}
    </li>
  )
}

function Naming() {
  const { t } = useWords()
  const queries = useQueryClient()
  const [form] = Form.useForm<Schema['MailboxBody']>()
  const name = useMutation({
    mutationFn: (body: Schema['MailboxBody']) => answer(api.POST('/v1/mailboxes', { body })),
    onSuccess: () => {
      form.resetFields()
      return Promise.all([
        queries.invalidateQueries({ queryKey: ['mailboxes'] }),
        queries.invalidateQueries({ queryKey: ['notices'] }),
      ])
    },
  })
  const missing = t('web.resolve.missing')
  return (
    <Form form={form} layout="vertical" requiredMark={false} onFinish={(body) => name.mutate(body)}>
      <h2>{t('web.notices.name_one')}</h2>
      <Form.Item
        name="label"
        label={t('web.notices.label')}
        rules={[{ required: true, whitespace: true, message: missing }]}
      >
        <Input maxLength={64} autoComplete="off" />
      </Form.Item>
      <Form.Item
        name="address"
        label={t('web.notices.address')}
        rules={[{ required: true, whitespace: true, message: missing }]}
      >
        <Input maxLength={254} inputMode="email" autoComplete="off" />
      </Form.Item>
      {name.error && <Trouble error={name.error} />}
      <Button type="primary" htmlType="submit" loading={name.isPending}>
        {t('web.notices.name_one')}
      </Button>
    </Form>
  )
}
