import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Radio } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import { Aside } from '../../shell/aside'
import { InstitutionField } from '../../shell/institutionfield'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import { Invited, LabelField } from './invited'

type Body = Schema['InvitationBody']

const roles = ['institution', 'operator', 'administrator'] as const

/** Somebody is invited. Staff of an institution invite staff of theirs, administrators whoever works here. */
export function Inviting({ onClose }: { onClose: () => void }) {
  const { t } = useWords()
  const staff = useSession().account.role === 'institution'
  const [form] = Form.useForm<Body>()
  const role = Form.useWatch('role', form)
  const queries = useQueryClient()
  const invite = useMutation({
    mutationFn: (body: Body) =>
      answer(api.POST('/v1/invitations', { body: { ...body, role: body.role ?? 'institution' } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['invitations'] }),
  })
  return (
    <Aside onClose={onClose} title={t('web.invitations.invite')}>
      {invite.data ? (
        <Invited by={invite.data} />
      ) : (
        <Form form={form} layout="vertical" requiredMark={false} onFinish={(body) => invite.mutate(body)}>
          <p className="quiet">{t('web.invitations.means')}</p>
          {!staff && (
            <Form.Item name="role" label={t('web.accounts.role')} initialValue={roles[0]}>
              <Radio.Group options={roles.map((r) => ({ value: r, label: t(`web.role.${r}`) }))} />
            </Form.Item>
          )}
          {role === 'institution' && <InstitutionField />}
          {role === 'operator' && (
            <Form.Item name="district" label={t('web.invitations.district')} extra={t('web.invitations.district_hint')}>
              <Input autoCapitalize="none" spellCheck={false} maxLength={64} />
            </Form.Item>
          )}
          <LabelField />
          {invite.error && <Trouble error={invite.error} />}
          <Button type="primary" htmlType="submit" loading={invite.isPending}>
            {t('web.invitations.make')}
          </Button>
        </Form>
      )}
    </Aside>
  )
}
