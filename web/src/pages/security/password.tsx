import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { answer, api } from '../../api/client'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'

interface Change {
  current: string
  new: string
  again: string
}

/** A new password. The account's other sessions end with the old one. */
export function Password() {
  const { t } = useWords()
  const [form] = Form.useForm<Change>()
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: ({ current, new: next }: Change) =>
      answer(api.POST('/v1/me/password', { body: { current, new: next } })),
    onSuccess: () => {
      form.resetFields()
      void queries.invalidateQueries({ queryKey: ['my', 'sessions'] })
    },
    onError: (error) => putFaults(form, error),
  })
  const required = { required: true, message: t('web.resolve.missing') }
  return (
    <section className="sheet stack close" aria-labelledby="password">
      <h2 id="password">{t('web.security.password')}</h2>
      {change.isSuccess && (
        <p className="alert good" role="status">
          {t('web.security.changed', { n: change.data.ended })}
        </p>
      )}
      {change.error && <Trouble error={change.error} />}
      <Form form={form} layout="vertical" requiredMark={false} className="narrow" onFinish={(c) => change.mutate(c)}>
        <Form.Item name="current" label={t('web.security.current')} rules={[required]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Form.Item name="new" label={t('web.security.new')} extra={t('web.security.new_hint')} rules={[required]}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Form.Item
          name="again"
          label={t('web.security.again')}
          dependencies={['new']}
          rules={[
            required,
            ({ getFieldValue }) => ({
              validator: (_, value: string) =>
                !value || value === getFieldValue('new')
                  ? Promise.resolve()
                  : Promise.reject(new Error(t('web.security.differs'))),
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={change.isPending}>
          {t('web.security.change')}
        </Button>
      </Form>
    </section>
  )
}
