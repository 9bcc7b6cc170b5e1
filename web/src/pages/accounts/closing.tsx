import { answer, api } from '../../api/client'
import { useSession } from '../../api/session'
import { Aside } from '../../shell/aside'
import { Ending } from '../../shell/ending'
import { who } from '../../shell/who'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { type Account, State, Ways } from './accounts'

/** One account, and its end: closing it ends its sessions and its keys, for good. */
export function Closing({ account, onClose }: { account: Account; onClose: () => void }) {
  const { t, lang } = useWords()
  const own = useSession().account.id === account.id
  return (
    <Aside onClose={onClose} title={who(t, account)}>
      <div className="stack">
        <dl className="facts">
          <dt>{t('web.accounts.role')}</dt>
          <dd>{t(`web.role.${account.role}`)}</dd>
          {account.institution && (
            <>
              <dt>{t('web.accounts.reach')}</dt>
              <dd>{account.institution.name}</dd>
            </>
          )}
          <dt>{t('web.accounts.ways')}</dt>
          <dd>
            <Ways account={account} />
          </dd>
          <dt>{t('web.accounts.created')}</dt>
          <dd>{moment(lang, account.created_at)}</dd>
          <dt>{t('web.accounts.state')}</dt>
          <dd>
            <State state={account.state} />
          </dd>
        </dl>
        {account.state === 'active' && !own && (
          <Ending
            title={t('web.accounts.close')}
            means={t('web.accounts.close_means')}
            end={(reason) =>
              answer(api.POST('/v1/accounts/{id}/closing', { params: { path: { id: account.id } }, body: { reason } }))
            }
            list="accounts"
          />
        )}
        {own && <p className="quiet">{t('web.accounts.own')}</p>}
      </div>
    </Aside>
  )
}
