import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Form, Input, Radio } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'

type Body = Schema['PreferencesBody']
type Wanted = Schema['PreferencesOutputBody']

/** How somebody wants to be told. What cannot be chosen here stays as it is. */
export function Preferences({ wanted }: { wanted: Wanted }) {
  const { t } = useWords()
  const [form] = Form.useForm<Body>()
  const queries = useQueryClient()
  const { channels, changed_at: _, ...now } = wanted
  const save = useMutation({
    mutationFn: (body: Body) => answer(api.PUT('/v1/me/notification-preferences', { body })),
    onSuccess: (after) => queries.setQueryData(['my', 'preferences'], after),
    onError: (error) => putFaults(form, error),
  })
  const digest = Form.useWatch('digest', form) ?? now.digest
  const time = <Input type="time" className="clock" />
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      className="narrow preferences"
      initialValues={now}
      onFinish={(given) => save.mutate({ ...now, ...given })}
    >
      {channels.map((channel) => (
        <Form.Item key={channel} name={channel} valuePropName="checked" className="by">
          <Checkbox>{t(`web.reach.by.${channel}`)}</Checkbox>
        </Form.Item>
      ))}
      {channels.length > 1 && (
        <Form.Item name="first" label={t('web.reach.first')} extra={t('web.reach.first_extra')}>
          <Radio.Group options={channels.map((c) => ({ value: c, label: t(`web.reach.channel.${c}`) }))} />
        </Form.Item>
      )}
      <fieldset className="row">
        <legend>{t('web.reach.quiet')}</legend>
        <Form.Item name="quiet_from" label={t('web.reach.quiet_from')}>
          {time}
        </Form.Item>
        <Form.Item name="quiet_until" label={t('web.reach.quiet_until')}>
          {time}
        </Form.Item>
        <p className="quiet small">{t('web.reach.quiet_extra')}</p>
      </fieldset>
      <Form.Item name="digest" label={t('web.reach.digest')}>
        <Radio.Group
          orientation="vertical"
          options={(['daily', 'each', 'none'] as const).map((d) => ({
            value: d,
            label: t(`web.reach.digests.${d}`),
          }))}
        />
      </Form.Item>
      <Form.Item name="digest_at" label={t('web.reach.digest_at')} hidden={digest !== 'daily'}>
        {time}
      </Form.Item>
      <Form.Item name="language" label={t('web.reach.language')}>
        <Radio.Group
          options={[
            { value: 'zh', label: '中文' },
            { value: 'en', label: 'English' },
          ]}
        />
      </Form.Item>
      {save.error && <Trouble error={save.error} />}
      <div className="row">
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t('web.reach.save_preferences')}
        </Button>
        <span role="status">{save.isSuccess && t('web.reach.saved')}</span>
      </div>
    </Form>
  )
}
