import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { answer, api } from '../../api/client'
import { useSession } from '../../api/session'
import { Aside } from '../../shell/aside'
import { Trouble } from '../../shell/notes'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { type Account, State, Ways } from './accounts'

/** One account, and its end: closing it ends its sessions and its keys, for good. */
export function Closing({ account, onClose }: { account: Account; onClose: () => void }) {
  const { t, lang } = useWords()
  const own = useSession().account.id === account.id
  const queries = useQueryClient()
  const close = useMutation({
    mutationFn: ({ reason }: { reason: string }) =>
      answer(api.POST('/v1/accounts/{id}/closing', { params: { path: { id: account.id } }, body: { reason } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['accounts'] }),
  })
  return (
    <Aside onClose={onClose} title={account.label}>
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
          <Form layout="vertical" requiredMark={false} onFinish={(given: { reason: string }) => close.mutate(given)}>
            <h2>{t('web.accounts.close')}</h2>
            <p className="quiet">{t('web.accounts.close_means')}</p>
            <Form.Item
              name="reason"
              label={t('web.resolve.reason')}
              extra={t('web.resolve.reason_kept')}
              rules={[{ required: true, whitespace: true, message: t('web.resolve.missing') }]}
            >
              <Input.TextArea rows={3} maxLength={500} />
            </Form.Item>
            {close.error && <Trouble error={close.error} />}
            <Button danger type="primary" htmlType="submit" loading={close.isPending}>
              {t('web.accounts.close')}
            </Button>
          </Form>
        )}
        {own && <p className="quiet">{t('web.accounts.own')}</p>}
      </div>
    </Aside>
  )
}
