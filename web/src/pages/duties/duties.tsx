import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Radio, Select } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { Arrived } from '../../shell/arrived'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import '../casework/casework.css'

type Body = Schema['DutyBody']

const key = ['duties']

/** Whom somebody who works here is or is close to: they do nothing about that person's cases. */
export function Duties() {
  const { t } = useWords()
  return (
    <>
      <header className="head stack close">
        <h1>{t('web.duties.title')}</h1>
        <p className="quiet">{t('web.duties.lead')}</p>
      </header>
      <div className="columns">
        <div className="stack">
          <Declaring />
        </div>
        <div className="stack">
          <Refused />
          <Declared />
        </div>
      </div>
    </>
  )
}

/** What one cannot do any more for somebody who was declared. */
function Refused() {
  const { t, codes } = useWords()
  return (
    <section className="sheet stack close" aria-labelledby="refused">
      <h2 id="refused">{t('web.duties.refused')}</h2>
      <ul className="effects">
        {codes('web.duties.refuses').map((what) => (
          <li key={what}>{t(`web.duties.refuses.${what}` as 'web.duties.refuses.case')}</li>
        ))}
      </ul>
      <p className="quiet small">{t('web.duties.kept')}</p>
    </section>
  )
}

function Declaring() {
  const { t, name, codes } = useWords()
  const [form] = Form.useForm<Body>()
  const queries = useQueryClient()
  const type = Form.useWatch('id_type', form)
  const declare = useMutation({
    mutationFn: (body: Body) => answer(api.POST('/v1/me/duties', { body })),
    onSuccess: () => form.resetFields(),
    onError: (error) => putFaults(form, error),
    onSettled: () => void queries.invalidateQueries({ queryKey: key }),
  })
  const required = [{ required: true, whitespace: true, message: t('web.resolve.missing') }]
  return (
    <section className="sheet stack close" aria-labelledby="declare">
      <h2 id="declare">{t('web.duties.declare')}</h2>
      <Form
        form={form}
        name="duty"
        layout="vertical"
        requiredMark={false}
        initialValues={{ id_type: 'resident_id' }}
        onFinish={(body) => declare.mutate(body)}
      >
        <Form.Item name="relation" label={t('web.duties.relation')} rules={required}>
          <Radio.Group
            className="verbs"
            options={codes('duty').map((value) => ({ value, label: name('duty', value) }))}
          />
        </Form.Item>
        <Form.Item name="id_type" label={t('web.duties.id_type')} rules={required}>
          <Select options={codes('id_type').map((value) => ({ value, label: name('id_type', value) }))} />
        </Form.Item>
        {type === 'passport' && (
          <Form.Item
            name="id_country"
            label={t('web.duties.country')}
            extra={t('web.duties.country_means')}
            rules={required}
          >
            <Input maxLength={3} className="narrow" autoComplete="off" />
          </Form.Item>
        )}
        <Form.Item name="id_number" label={t('web.duties.number')} rules={required}>
          <Input maxLength={64} autoComplete="off" />
        </Form.Item>
        {declare.error && <Trouble error={declare.error} />}
        <div className="row">
          <Button type="primary" htmlType="submit" loading={declare.isPending}>
            {t('web.duties.do')}
          </Button>
          <span role="status">{declare.isSuccess && t('web.duties.done')}</span>
        </div>
      </Form>
    </section>
  )
}

function Declared() {
  const { t, lang } = useWords()
  const list = useQuery({
    queryKey: key,
    queryFn: async () => (await answer(api.GET('/v1/me/duties'))).declarations,
  })
  return (
    <section className="sheet stack close" aria-labelledby="declared">
      <h2 id="declared">{t('web.duties.declared')}</h2>
      <Arrived of={list} rows={2}>
        {(data) =>
          data.length === 0 ? (
            <p className="quiet">{t('web.duties.none')}</p>
          ) : (
            <ul className="plain lines">
              {data.map((d) => (
                <li key={d.id} className="row apart">
                  <span>
                    {d.relation.name}
                    <span className="quiet small">
                      {' '}
                      {d.id_type.name} <span className="mono">{d.id_number}</span>
                    </span>
                  </span>
                  <span className="quiet small">{moment(lang, d.declared_at)}</span>
                </li>
              ))}
            </ul>
          )
        }
      </Arrived>
    </section>
  )
}
