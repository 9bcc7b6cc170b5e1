import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { Aside } from '../../shell/aside'
import { Trouble } from '../../shell/notes'
import { Once } from '../../shell/once'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import type { Employer } from './employers'

type Given = Schema['EmployerInviteBody']

/** An employer, and an invitation for one of its people. */
export function Inviting({ of, onClose }: { of: Employer; onClose: () => void }) {
  const { t, lang } = useWords()
  const queries = useQueryClient()
  const invite = useMutation({
    mutationFn: (body: Given) =>
      answer(api.POST('/v1/employers/{id}/invitations', { params: { path: { id: of.id } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['employers'] }),
  })
  return (
    <Aside onClose={onClose} title={of.name}>
      <p className="quiet small">
        <code>{of.uscc}</code> · {of.district.name}
      </p>
      {invite.data ? (
        <Once
          title={t('web.invitations.made')}
          advice={t('web.invitations.made_advice', { at: moment(lang, invite.data.expires_at) })}
          name={t('web.invitations.link')}
          value={new URL(invite.data.link, window.location.origin).href}
        />
      ) : (
        <Form layout="vertical" requiredMark={false} onFinish={(given: Given) => invite.mutate(given)}>
          <p>{t('web.employers.invite_means')}</p>
          <Form.Item
            name="label"
            label={t('web.accounts.label')}
            extra={t('web.invitations.label_hint')}
            rules={[{ required: true, whitespace: true, message: t('web.resolve.missing') }]}
          >
            <Input maxLength={64} />
          </Form.Item>
          {invite.error && <Trouble error={invite.error} />}
          <Button type="primary" htmlType="submit" loading={invite.isPending}>
            {t('web.employers.invite')}
          </Button>
        </Form>
      )}
    </Aside>
  )
}
