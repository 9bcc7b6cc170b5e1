import { Form, Input } from 'antd'
import { Once } from '../../shell/once'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

/** The link of an invitation that was made, shown this once. */
export function Invited({ by }: { by: { link: string; expires_at: string } }) {
  const { t, lang } = useWords()
  return (
    <Once
      title={t('web.invitations.made')}
      advice={t('web.invitations.made_advice', { at: moment(lang, by.expires_at) })}
      name={t('web.invitations.link')}
      value={new URL(by.link, window.location.origin).href}
    />
  )
}

/** What the account of who is invited will be called. */
export function LabelField() {
  const { t } = useWords()
  return (
    <Form.Item
      name="label"
      label={t('web.accounts.label')}
      extra={t('web.invitations.label_hint')}
      rules={[{ required: true, whitespace: true, message: t('web.resolve.missing') }]}
    >
      <Input maxLength={64} />
    </Form.Item>
  )
}
