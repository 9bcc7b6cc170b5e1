import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import { TextField } from '../requests/fields'
import { OwnClaims } from './mine'

type Who = Pick<Schema['PersonClaimBody'], 'name' | 'id_number' | 'id_type' | 'id_country'>

/** The number that somebody registers with is another account's: they say that it is theirs, and show their document. */
export function Claiming({ who }: { who: Who }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [form] = Form.useForm<{ text: string }>()
  const claim = useMutation({
    mutationFn: ({ text }: { text: string }) => answer(api.POST('/v1/me/person-claims', { body: { ...who, text } })),
    onError: (error) => putFaults(form, error),
    onSettled: () => queries.invalidateQueries({ queryKey: ['my', 'claims'] }),
  })
  if (claim.isSuccess) return <OwnClaims />
  return (
    <section className="sheet stack close" aria-labelledby="claiming">
      <h2 id="claiming">{t('web.claims.mine')}</h2>
      <p className="quiet">{t('web.claims.mine_lead')}</p>
      <Form
        form={form}
        name="claiming"
        layout="vertical"
        requiredMark={false}
        onFinish={(filled) => claim.mutate(filled)}
      >
        <TextField name="text" label={t('web.claims.text')} rows={3} most={1000} extra={t('web.requests.sealed')} />
        {claim.error && <Trouble error={claim.error} />}
        <Button type="primary" htmlType="submit" loading={claim.isPending}>
          {t('web.claims.say')}
        </Button>
      </Form>
    </section>
  )
}
