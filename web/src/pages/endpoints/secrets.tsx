import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, InputNumber, Radio } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { Once } from '../../shell/once'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import type { EndpointDetail } from './queries'

type Rotation = Pick<Schema['SecretBody'], 'kind' | 'overlap_hours'>

/** What signs the callbacks, and how it is replaced without a gap. */
export function Secrets({ of }: { of: EndpointDetail }) {
  const { t, lang } = useWords()
  const queries = useQueryClient()
  const rotate = useMutation({
    mutationFn: (body: Rotation) =>
      answer(api.POST('/v1/endpoints/{id}/rotation', { params: { path: { id: of.id } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['endpoint', of.id] }),
  })
  return (
    <section className="stack close" aria-labelledby="secrets">
      <h2 id="secrets">{t('web.endpoint.secrets')}</h2>
      <ul className="plain lines">
        {of.secrets.map((secret) => (
          <li key={secret.id} className="stack close tight">
            <span>
              {t(`web.secret_kind.${secret.kind}`)}{' '}
              <span className="small quiet">
                {secret.retires_at
                  ? t('web.endpoint.retires', { at: moment(lang, secret.retires_at) })
                  : t('web.endpoint.made', { at: moment(lang, secret.created_at) })}
              </span>
            </span>
            {secret.public_key && <code className="mono small">{secret.public_key}</code>}
          </li>
        ))}
      </ul>
      {rotate.data?.secret ? (
        <Once
          title={t('web.endpoint.rotated')}
          advice={t('web.endpoint.secret_advice')}
          name={t('web.endpoint.secret')}
          value={rotate.data.secret}
        />
      ) : (
        rotate.data && (
          <p className="alert good" role="status">
            {t('web.endpoint.rotated_public')}
          </p>
        )
      )}
      <Form
        layout="vertical"
        requiredMark={false}
        initialValues={{ kind: 'hmac', overlap_hours: 24 }}
        onFinish={(given: Rotation) => rotate.mutate(given)}
      >
        <h3>{t('web.endpoint.rotate')}</h3>
        <p className="quiet">{t('web.endpoint.rotate_means')}</p>
        <Form.Item name="kind" label={t('web.endpoint.kind')}>
          <Radio.Group
            className="choices"
            options={(['hmac', 'ed25519'] as const).map((k) => ({
              value: k,
              label: (
                <>
                  {t(`web.secret_kind.${k}`)} <span className="quiet small">{t(`web.secret_kind_means.${k}`)}</span>
                </>
              ),
            }))}
          />
        </Form.Item>
        <Form.Item
          name="overlap_hours"
          label={t('web.keys.overlap')}
          rules={[{ required: true, message: t('web.resolve.missing') }]}
        >
          <InputNumber min={0} max={168} precision={0} />
        </Form.Item>
        {rotate.error && <Trouble error={rotate.error} />}
        <Button htmlType="submit" loading={rotate.isPending}>
          {t('web.endpoint.rotate')}
        </Button>
      </Form>
    </section>
  )
}
