import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { Aside } from '../../shell/aside'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import { Invited, LabelField } from '../invitations/invited'
import type { Employer } from './employers'

type Given = Schema['EmployerInviteBody']

/** An employer, and an invitation for one of its people. */
export function Inviting({ of, onClose }: { of: Employer; onClose: () => void }) {
  const { t } = useWords()
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
        <Invited by={invite.data} />
      ) : (
        <Form layout="vertical" requiredMark={false} onFinish={(given: Given) => invite.mutate(given)}>
          <p>{t('web.employers.invite_means')}</p>
          <LabelField />
          {invite.error && <Trouble error={invite.error} />}
          <Button type="primary" htmlType="submit" loading={invite.isPending}>
            {t('web.employers.invite')}
          </Button>
        </Form>
      )}
    </Aside>
  )
}
