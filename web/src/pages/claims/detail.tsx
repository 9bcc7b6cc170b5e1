import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Form, Radio } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { Arrived } from '../../shell/arrived'
import { Aside } from '../../shell/aside'
import { type Fact, Facts } from '../../shell/facts'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { ClaimState } from './state'

type Detail = Schema['ClaimDetailBody']

/** What is to be compared, and what to say of it. */
export function ClaimDetail({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useWords()
  const claim = useQuery({
    queryKey: ['claims', 'one', id],
    queryFn: () => answer(api.GET('/v1/person-claims/{id}', { params: { path: { id } } })),
  })
  return (
    <Aside onClose={onClose} title={t('web.claims.one')}>
      <Arrived of={claim}>{(data) => <Compared of={data} />}</Arrived>
    </Aside>
  )
}

function Compared({ of }: { of: Detail }) {
  const { t, lang } = useWords()
  const facts: Fact[] = [
    [t('web.claims.name_given'), of.name_given],
    [t('web.claims.name_recorded'), of.name_recorded],
    [of.id_type.name, of.id_number],
    [t('web.claims.text'), of.text],
    [t('web.claims.asked_at'), moment(lang, of.asked_at)],
    [t('web.claims.held'), t(of.held ? 'web.claims.held_yes' : 'web.claims.held_no')],
    [t('web.approvals.reason'), of.reason],
  ]
  const open = of.state.code === 'asked' || of.state.code === 'proposed'
  return (
    <div className="stack">
      <div className="row">
        <ClaimState of={of} />
      </div>
      <Facts of={facts} />
      <section className="stack close" aria-labelledby={`documents-${of.id}`}>
        <h2 id={`documents-${of.id}`}>{t('web.claims.documents')}</h2>
        {of.files.length === 0 && <p className="quiet">{t('web.evidence.none')}</p>}
        <ul className="plain stack close">
          {of.files.map((file) => (
            <li key={file.id}>
              <a href={`/v1/evidence/${file.id}/file`} download>
                {file.name ?? file.kind_name}
              </a>
            </li>
          ))}
        </ul>
      </section>
      <section className="stack close" aria-labelledby={`cases-${of.id}`}>
        <h2 id={`cases-${of.id}`}>{t('web.claims.cases')}</h2>
        <ul className="plain stack close">
          {of.cases.map((c) => (
            <li key={c.id}>
              <Link to="/cases/$id" params={{ id: c.id }}>
                {c.occupation.name} · {c.level.name}
              </Link>
            </li>
          ))}
        </ul>
      </section>
      {open && (of.mine ? <p className="alert warn">{t('web.claims.another')}</p> : <Decide of={of} />)}
    </div>
  )
}

interface Filled {
  choice: 'yes' | 'no'
  reason: string
}

function Decide({ of }: { of: Detail }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [form] = Form.useForm<Filled>()
  const decide = useMutation({
    mutationFn: ({ choice, reason }: Filled) =>
      answer(
        api.POST('/v1/person-claims/{id}/decision', {
          params: { path: { id: of.id } },
          body: { agrees: choice === 'yes', reason },
        }),
      ),
    onError: (error) => putFaults(form, error),
    onSuccess: () => form.resetFields(),
    onSettled: () => queries.invalidateQueries({ queryKey: ['claims'] }),
  })
  return (
    <Form
      form={form}
      name={`claim-${of.id}`}
      layout="vertical"
      requiredMark={false}
      onFinish={(filled) => decide.mutate(filled)}
    >
      <p className="quiet">{t(of.state.code === 'asked' ? 'web.claims.propose_means' : 'web.claims.confirm_means')}</p>
      <Form.Item
        name="choice"
        label={t('web.claims.whose')}
        rules={[{ required: true, message: t('web.resolve.missing') }]}
      >
        <Radio.Group
          className="choices"
          options={[
            { value: 'yes', label: t('web.claims.yes') },
            { value: 'no', label: t('web.claims.no') },
          ]}
        />
      </Form.Item>
      <ReasonField rows={2} />
      {decide.error && <Trouble error={decide.error} />}
      <Button type="primary" htmlType="submit" loading={decide.isPending}>
        {t(of.state.code === 'asked' ? 'web.claims.propose' : 'web.claims.confirm')}
      </Button>
    </Form>
  )
}
