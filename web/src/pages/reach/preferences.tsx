import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Form, Input, Radio } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'

type Wanted = Schema['PreferencesBody']

/** How somebody wants to be told. These pages tell everything in any case. */
export function Preferences({ known }: { known: Schema['PreferencesOutputBody'] }) {
  const { t } = useWords()
  const [form] = Form.useForm<Wanted>()
  const queries = useQueryClient()
  const save = useMutation({
    mutationFn: (body: Wanted) => answer(api.PUT('/v1/me/notification-preferences', { body })),
    onSuccess: (after) => queries.setQueryData(['my', 'preferences'], after),
    onError: (error) => putFaults(form, error),
  })
  const { changed_at: _, ...shown } = known
  const time = { required: true, message: t('web.resolve.missing') }
  const choice = <T extends string>(family: 'channel' | 'digest' | 'language', values: readonly T[]) =>
    values.map((value) => ({ value, label: t(`web.reach.${family}.${value}` as 'web.reach.channel.email') }))
  return (
    <section className="sheet stack close" aria-labelledby="preferences">
      <h2 id="preferences">{t('web.reach.preferences')}</h2>
      <p className="quiet small">{t('web.reach.preferences_lead')}</p>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={shown}
        onFinish={(body) => save.mutate(body)}
      >
        <fieldset className="plain-group">
          <legend>{t('web.reach.channels')}</legend>
          <div className="row">
            <Form.Item name="email" valuePropName="checked" noStyle>
              <Checkbox>{t('web.reach.channel.email')}</Checkbox>
            </Form.Item>
            <Form.Item name="sms" valuePropName="checked" noStyle>
              <Checkbox>{t('web.reach.channel.sms')}</Checkbox>
            </Form.Item>
          </div>
        </fieldset>
        <Form.Item name="first" label={t('web.reach.first')} extra={t('web.reach.first_means')}>
          <Radio.Group aria-label={t('web.reach.first')} options={choice('channel', ['email', 'sms'])} />
        </Form.Item>
        <Form.Item name="digest" label={t('web.reach.digest_title')}>
          <Radio.Group
            aria-label={t('web.reach.digest_title')}
            options={choice('digest', ['daily', 'each', 'none'])}
            className="column"
          />
        </Form.Item>
        <div className="row times">
          <Form.Item name="digest_at" label={t('web.reach.digest_at')} rules={[time]}>
            <Input type="time" />
          </Form.Item>
          <Form.Item name="quiet_from" label={t('web.reach.quiet_from')} rules={[time]}>
            <Input type="time" />
          </Form.Item>
          <Form.Item name="quiet_until" label={t('web.reach.quiet_until')} rules={[time]}>
            <Input type="time" />
          </Form.Item>
        </div>
        <p className="quiet small">{t('web.reach.quiet_means')}</p>
        <Form.Item name="language" label={t('web.reach.language_title')}>
          <Radio.Group aria-label={t('web.reach.language_title')} options={choice('language', ['zh', 'en'])} />
        </Form.Item>
        {save.error && <Trouble error={save.error} />}
        <div className="row">
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {t('web.reach.save_preferences')}
          </Button>
          <span role="status">{save.isSuccess && t('web.reach.saved')}</span>
        </div>
      </Form>
    </section>
  )
}
