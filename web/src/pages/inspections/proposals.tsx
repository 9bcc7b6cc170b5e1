import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Form, Input, Radio } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { useWords } from '../../words/words'

type Proposal = Schema['ProposalView']

/** The proposals to suspend institutions that wait for the city bureau; nothing when there are none. */
export function Proposals() {
  const { t } = useWords()
  const { account } = useSession()
  const open = useQuery({
    queryKey: ['proposals'],
    queryFn: () => answer(api.GET('/v1/suspension-proposals', { params: { query: { open: true } } })),
  })
  if (open.error && !open.data) return <Trouble error={open.error} again={() => void open.refetch()} />
  if (!open.data?.proposals.length) return null
  return (
    <div className="head stack">
      {open.data.proposals.map((p) => (
        <section key={p.id} className="alert warn stack close" aria-labelledby={`proposal-${p.id}`}>
          <h2 id={`proposal-${p.id}`}>{t('web.inspections.proposed', { institution: p.institution.name })}</h2>
          <p>{p.reason}</p>
          <p className="quiet small">{t('web.institutions.basis', { basis: p.legal_basis })}</p>
          <p>
            <Link to="/inspections" search={{ inspection: p.inspection_id }}>
              {t('web.inspections.see')}
            </Link>
          </p>
          {p.mine && <p className="quiet">{t('web.inspections.mine')}</p>}
          {!p.mine && !account.district && <Deciding of={p} />}
        </section>
      ))}
    </div>
  )
}

type Given = Schema['ProposalDecisionBody']

function Deciding({ of }: { of: Proposal }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [form] = Form.useForm<Given>()
  const chosen = Form.useWatch('decision', form)
  const decide = useMutation({
    mutationFn: ({ planned_until, ...body }: Given) =>
      answer(
        api.POST('/v1/suspension-proposals/{id}/decision', {
          params: { path: { id: of.id } },
          body: { ...body, ...(planned_until ? { planned_until } : {}) },
        }),
      ),
    onSuccess: () => queries.invalidateQueries(),
    onError: (e) => putFaults(form, e),
  })
  return (
    <Form
      form={form}
      name={`proposal-${of.id}`}
      layout="vertical"
      requiredMark={false}
      onFinish={(given: Given) => decide.mutate(given)}
    >
      <Form.Item
        name="decision"
        label={t('web.one_certificate.decision')}
        rules={[{ required: true, message: t('web.resolve.missing') }]}
      >
        <Radio.Group
          options={[
            { value: 'approve', label: t('web.institutions.suspend') },
            { value: 'reject', label: t('web.inspections.not_suspend') },
          ]}
        />
      </Form.Item>
      {chosen === 'approve' && (
        <Form.Item
          name="planned_until"
          label={t('web.institutions.planned_until')}
          extra={t('web.institutions.lifts_nothing')}
        >
          <Input type="date" />
        </Form.Item>
      )}
      <ReasonField rows={2} />
      {decide.error && <Trouble error={decide.error} />}
      <Button type="primary" danger={chosen === 'approve'} htmlType="submit" loading={decide.isPending}>
        {t('web.resolve.do')}
      </Button>
    </Form>
  )
}
