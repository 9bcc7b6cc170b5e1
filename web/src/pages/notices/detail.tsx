import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { answer, api } from '../../api/client'
import { Aside } from '../../shell/aside'
import { Trouble } from '../../shell/notes'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { type Notice, State } from './notices'

/** One notice. Whoever sees to it says so, so that the others know. */
export function NoticeDetail({ of, onClose }: { of: Notice; onClose: () => void }) {
  const { t, lang } = useWords()
  const queries = useQueryClient()
  const acknowledge = useMutation({
    mutationFn: () => answer(api.POST('/v1/notices/{id}/acknowledgement', { params: { path: { id: of.id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['notices'] }),
  })
  return (
    <Aside onClose={onClose} title={of.title}>
      <div className="stack">
        <p>{of.text}</p>
        <dl className="facts">
          <dt>{t('web.notices.at')}</dt>
          <dd>{moment(lang, of.created_at)}</dd>
          <dt>{t('web.accounts.state')}</dt>
          <dd>
            <State of={of} />
          </dd>
          {of.acknowledged_at && (
            <>
              <dt>{t('web.notices.since')}</dt>
              <dd>{moment(lang, of.acknowledged_at)}</dd>
            </>
          )}
        </dl>
        {acknowledge.error && <Trouble error={acknowledge.error} />}
        {!of.acknowledged_at && (
          <div>
            <Button type="primary" loading={acknowledge.isPending} onClick={() => acknowledge.mutate()}>
              {t('web.notices.acknowledge')}
            </Button>
          </div>
        )}
      </div>
    </Aside>
  )
}
