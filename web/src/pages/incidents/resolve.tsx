import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Form, Input, InputNumber, Radio } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { useWords } from '../../words/words'
import { Takers } from '../case/takers'

type Incident = Schema['ListedIncident']
type Verb = Schema['ResolutionBody']['verb']

interface Decision {
  verb: Verb
  reason: string
  days?: number
  institution?: string
  evidence?: string
  legal_basis?: string
}

/** What an operator decides about an incident. The verbs are those that fit it, the one that usually helps first. */
export function Resolve({ incident }: { incident: Incident }) {
  const { t, name } = useWords()
  const [form] = Form.useForm<Decision>()
  const verb = Form.useWatch('verb', form)
  const queries = useQueryClient()
  const decide = useMutation({
    mutationFn: (body: Decision) =>
      answer(api.POST('/v1/incidents/{id}/resolution', { params: { path: { id: incident.id } }, body })),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['incident', incident.id] })
      void queries.invalidateQueries({ queryKey: ['incidents'] })
    },
  })
  // A correction needs all the facts of the person anew: it has its form on the page of the case.
  const verbs = (incident.verbs as Verb[]).filter((v) => v !== 'correct')
  const correctable = incident.case_id && incident.verbs.includes('correct')
  const byTwo = verb === 'override' || verb === 'cancel'
  const required = [{ required: true, message: t('web.resolve.missing') }]
  return (
    <section className="stack close" aria-labelledby="resolve">
      <h2 id="resolve">{t('web.resolve.title')}</h2>
      {correctable && (
        <p>
          <Link to="/cases/$id" params={{ id: incident.case_id }} search={{ act: 'correct' }}>
            {name('verb', 'correct')}
          </Link>{' '}
          <span className="quiet small">{incident.suggested.find((s) => s.act === 'correct')?.effect}</span>
        </p>
      )}
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ verb: verbs[0] }}
        onFinish={(decision) => decide.mutate(decision)}
      >
        <Form.Item name="verb" label={t('web.resolve.verb')} rules={required}>
          <Radio.Group
            className="verbs"
            options={verbs.map((v) => ({
              value: v,
              label: (
                <>
                  {name('verb', v)}{' '}
                  <span className="quiet small">{incident.suggested.find((s) => s.act === v)?.effect}</span>
                </>
              ),
            }))}
          />
        </Form.Item>
        {verb === 'extend' && (
          <Form.Item name="days" label={t('web.resolve.days')} rules={required} initialValue={14}>
            <InputNumber min={1} max={365} precision={0} />
          </Form.Item>
        )}
        {verb === 'reassign' && <Takers caseId={incident.case_id} stage={incident.stage} />}
        {verb === 'override' && (
          <Form.Item name="evidence" label={t('web.resolve.evidence')} rules={required}>
            <Input.TextArea rows={3} maxLength={1000} />
          </Form.Item>
        )}
        {byTwo && (
          <>
            <Form.Item name="legal_basis" label={t('web.resolve.legal_basis')} rules={required}>
              <Input maxLength={500} />
            </Form.Item>
            <p className="quiet small">{t('web.resolve.by_two')}</p>
          </>
        )}
        <ReasonField />
        {decide.error && <Trouble error={decide.error} />}
        <Button type="primary" htmlType="submit" loading={decide.isPending} danger={verb === 'cancel'}>
          {t(byTwo ? 'web.resolve.ask' : 'web.resolve.do')}
        </Button>
      </Form>
    </section>
  )
}
