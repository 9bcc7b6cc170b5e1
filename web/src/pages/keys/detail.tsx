import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, InputNumber } from 'antd'
import { answer, api } from '../../api/client'
import { Aside } from '../../shell/aside'
import { Ending } from '../../shell/ending'
import { Trouble } from '../../shell/notes'
import { Once } from '../../shell/once'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { type APIKey, Expires, Scopes, State } from './keys'

/** One key: it is exchanged for another while its machine works, or ended at once. */
export function KeyDetail({ of, onClose }: { of: APIKey; onClose: () => void }) {
  const { t, lang } = useWords()
  const good = of.state === 'active' || of.state === 'replaced'
  return (
    <Aside onClose={onClose} title={of.label}>
      <div className="stack">
        <dl className="facts">
          <dt>{t('web.role.institution')}</dt>
          <dd>{of.institution.name}</dd>
          <dt>{t('web.keys.scopes')}</dt>
          <dd>
            <Scopes of={of} />
          </dd>
          <dt>{t('web.accounts.created')}</dt>
          <dd>{moment(lang, of.created_at)}</dd>
          <dt>{t('web.keys.expires')}</dt>
          <dd>
            <Expires of={of} />
          </dd>
          <dt>{t('web.accounts.state')}</dt>
          <dd>
            <State state={of.state} />
          </dd>
        </dl>
        <Rotation of={of} />
        {good && (
          <Ending
            title={t('web.keys.revoke')}
            means={t('web.keys.revoke_means')}
            end={(reason) =>
              answer(api.POST('/v1/api-keys/{id}/revocation', { params: { path: { id: of.id } }, body: { reason } }))
            }
            list="keys"
          />
        )}
      </div>
    </Aside>
  )
}

/** A successor of the key, beside which it stays good for a while. */
function Rotation({ of }: { of: APIKey }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const rotate = useMutation({
    mutationFn: (body: { overlap_hours: number }) =>
      answer(api.POST('/v1/api-keys/{id}/rotation', { params: { path: { id: of.id } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['keys'] }),
  })
  if (rotate.data) {
    return (
      <Once
        title={t('web.keys.rotated')}
        advice={t('web.keys.made_advice')}
        name={t('web.keys.key')}
        value={rotate.data.key}
      />
    )
  }
  if (of.state === 'replaced') return <p className="quiet">{t('web.keys.replaced')}</p>
  if (of.state !== 'active') return null
  return (
    <Form
      layout="vertical"
      requiredMark={false}
      initialValues={{ overlap_hours: 24 }}
      onFinish={(body: { overlap_hours: number }) => rotate.mutate(body)}
    >
      <h2>{t('web.keys.rotate')}</h2>
      <p className="quiet">{t('web.keys.rotate_means')}</p>
      <Form.Item
        name="overlap_hours"
        label={t('web.keys.overlap')}
        rules={[{ required: true, message: t('web.resolve.missing') }]}
      >
        <InputNumber min={0} max={720} precision={0} />
      </Form.Item>
      {rotate.error && <Trouble error={rotate.error} />}
      <Button htmlType="submit" loading={rotate.isPending}>
        {t('web.keys.rotate')}
      </Button>
    </Form>
  )
}
