import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import { kinds, type Part, parts } from './parts'

type Known = Schema['ContactsView']
type Body = Schema['ContactsBody']

/** How somebody can be reached. What is known is masked, so that an empty field leaves it as it is. */
export function Contacts({ known }: { known: Known }) {
  const { t } = useWords()
  const [form] = Form.useForm<Record<Part, string>>()
  const queries = useQueryClient()
  const save = useMutation({
    mutationFn: (body: Body) => answer(api.PUT('/v1/me/contacts', { body })),
    onSuccess: (after) => {
      queries.setQueryData(['my', 'contacts'], after)
      form.resetFields()
    },
    onError: (error) => putFaults(form, error),
  })
  const change = (given: Partial<Record<Part, string>>) => {
    const fresh = Object.fromEntries(parts.filter((p) => given[p]?.trim()).map((p) => [p, given[p]?.trim()]))
    save.mutate({ ...fresh, keep: parts.filter((p) => !(p in fresh) && known[p]) })
  }
  const remove = (part: Part) => save.mutate({ keep: parts.filter((p) => p !== part && known[p]) })
  return (
    <section className="sheet stack close" aria-labelledby="contacts">
      <h2 id="contacts">{t('web.reach.contacts')}</h2>
      <p className="quiet small">{t('web.reach.contacts_lead')}</p>
      <Form form={form} layout="vertical" requiredMark={false} className="narrow" onFinish={change}>
        {parts.map((part) => (
          <Form.Item
            key={part}
            name={part}
            label={t(`web.reach.${part}`)}
            extra={
              known[part] && (
                <span className="row">
                  {t('web.reach.now', { known: known[part] })}
                  <Button
                    type="link"
                    size="small"
                    onClick={() => remove(part)}
                    aria-label={t('web.reach.remove_one', { what: t(`web.reach.${part}`) })}
                  >
                    {t('web.reach.remove')}
                  </Button>
                </span>
              )
            }
          >
            <Input {...kinds[part]} placeholder={t(known[part] ? 'web.reach.as_it_is' : 'web.reach.none')} />
          </Form.Item>
        ))}
        {save.error && <Trouble error={save.error} />}
        <div className="row">
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {t('web.reach.save_contacts')}
          </Button>
          <span role="status">{save.isSuccess && t('web.reach.saved')}</span>
        </div>
      </Form>
    </section>
  )
}
