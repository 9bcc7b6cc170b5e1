import { answer, api } from '../../api/client'
import { Aside } from '../../shell/aside'
import { Ending } from '../../shell/ending'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Reach } from '../accounts/accounts'
import { type Invitation, State } from './invitations'

/** One invitation, which is taken back while nobody accepted it. */
export function InvitationDetail({ invitation, onClose }: { invitation: Invitation; onClose: () => void }) {
  const { t, lang } = useWords()
  const { id, state } = invitation
  return (
    <Aside onClose={onClose} title={invitation.label}>
      <div className="stack">
        <dl className="facts">
          <dt>{t('web.accounts.role')}</dt>
          <dd>{t(`web.role.${invitation.role}`)}</dd>
          <dt>{t('web.accounts.reach')}</dt>
          <dd>
            <Reach of={invitation} />
          </dd>
          <dt>{t('web.invitations.invited')}</dt>
          <dd>{moment(lang, invitation.invited_at)}</dd>
          <dt>{t('web.invitations.expires')}</dt>
          <dd>{moment(lang, invitation.expires_at)}</dd>
          <dt>{t('web.accounts.state')}</dt>
          <dd>
            <State state={state} />
          </dd>
        </dl>
        {state === 'open' && (
          <Ending
            title={t('web.invitations.revoke')}
            means={t('web.invitations.revoke_means')}
            end={(reason) =>
              answer(api.POST('/v1/invitations/{id}/revocation', { params: { path: { id } }, body: { reason } }))
            }
            list="invitations"
          />
        )}
      </div>
    </Aside>
  )
}
