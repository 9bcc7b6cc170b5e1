import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Form, Input, Radio } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import { Aside } from '../../shell/aside'
import { InstitutionField } from '../../shell/institutionfield'
import { Trouble } from '../../shell/notes'
import { Once } from '../../shell/once'
import { useWords } from '../../words/words'

type Given = Omit<Schema['ApiKeyBody'], 'expires_at'> & { days: number }

const scopes = ['tasks', 'attendance', 'courses', 'callbacks', 'verify', 'read'] as const

/** How long a key may last, in days; 0: until somebody ends it. */
const lasting = [90, 365, 0]

/** A key is made, for a machine that gets a name of its own. */
export function Making({ onClose }: { onClose: () => void }) {
  const { t } = useWords()
  const staff = useSession().account.role === 'institution'
  const queries = useQueryClient()
  const make = useMutation({
    mutationFn: ({ days, ...given }: Given) => {
      const expires = days ? { expires_at: new Date(Date.now() + days * 86_400_000).toISOString() } : {}
      return answer(api.POST('/v1/api-keys', { body: { ...given, ...expires } }))
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['keys'] }),
  })
  const missing = t('web.resolve.missing')
  return (
    <Aside onClose={onClose} title={t('web.keys.make')}>
      {make.data ? (
        <Once
          title={t('web.keys.made')}
          advice={t('web.keys.made_advice')}
          name={t('web.keys.key')}
          value={make.data.key}
        />
      ) : (
        <Form
          layout="vertical"
          requiredMark={false}
          initialValues={{ days: lasting[1] }}
          onFinish={(given: Given) => make.mutate(given)}
        >
          {!staff && <InstitutionField />}
          <Form.Item
            name="label"
            label={t('web.accounts.label')}
            extra={t('web.keys.label_hint')}
            rules={[{ required: true, whitespace: true, message: missing }]}
          >
            <Input maxLength={64} />
          </Form.Item>
          {/* Not by the rule that something is required: it says so in a way that a group may not be described by. */}
          <Form.Item
            name="scopes"
            label={t('web.keys.scopes')}
            rules={[
              {
                validator: (_, chosen?: string[]) =>
                  chosen?.length ? Promise.resolve() : Promise.reject(new Error(missing)),
              },
            ]}
          >
            <Checkbox.Group
              aria-label={t('web.keys.scopes')}
              className="choices"
              options={scopes.map((s) => ({
                value: s,
                label: (
                  <>
                    {t(`web.key_scope.${s}`)} <span className="quiet small">{t(`web.key_scope_means.${s}`)}</span>
                  </>
                ),
              }))}
            />
          </Form.Item>
          <Form.Item name="days" label={t('web.keys.lasts')}>
            <Radio.Group
              options={lasting.map((n) => ({ value: n, label: n ? t('web.keys.days', { n }) : t('web.keys.never') }))}
            />
          </Form.Item>
          {make.error && <Trouble error={make.error} />}
          <Button type="primary" htmlType="submit" loading={make.isPending}>
            {t('web.keys.make')}
          </Button>
        </Form>
      )}
    </Aside>
  )
}
