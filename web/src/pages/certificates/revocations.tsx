import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Progress, Select } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import { certificateKinds } from '../../router'
import { Arrived } from '../../shell/arrived'
import { Deciding, type Said } from '../../shell/deciding'
import { putFaults } from '../../shell/faults'
import { Note, Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { Withdrawing } from '../../shell/withdrawing'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

type Revocation = Schema['RevocationView']

const key = ['revocations']

/** Revocations of an institution's certificates together: asked for by one operator, decided by another, seen to the end. */
export function Revocations() {
  const { t } = useWords()
  const { account } = useSession()
  const list = useQuery({
    queryKey: key,
    queryFn: () => answer(api.GET('/v1/certificate-revocations')),
    enabled: !account.district,
    refetchInterval: (q) => (q.state.data?.revocations.some((r) => r.state === 'approved') ? 2_000 : false),
  })
  if (account.district) return <Note title={t('web.revocations.city')} />
  return (
    <div className="stack">
      <header className="head stack close">
        <h1>{t('web.place.revocations')}</h1>
        <p className="quiet">{t('web.revocations.lead')}</p>
      </header>
      <Ask />
      <Arrived of={list}>
        {({ revocations }) => (
          <ul className="plain stack">
            {revocations.map((r) => (
              <li key={r.id}>
                <One of={r} />
              </li>
            ))}
          </ul>
        )}
      </Arrived>
    </div>
  )
}

const reasons = ['false_material', 'undeserved', 'exam_misconduct', 'issued_in_error'] as const

interface Asked {
  institution: string
  kind?: (typeof certificateKinds)[number]
  issued_from?: string
  issued_to?: string
  reason_class: (typeof reasons)[number]
  reason: string
}

/** Which certificates, and why. What is asked for is shown before anybody decides on it. */
function Ask() {
  const { t, name } = useWords()
  const [form] = Form.useForm<Asked>()
  const queries = useQueryClient()
  const ask = useMutation({
    mutationFn: ({ kind, issued_from, issued_to, ...said }: Asked) =>
      answer(
        api.POST('/v1/certificate-revocations', {
          body: {
            ...said,
            ...(kind ? { kind } : {}),
            ...(issued_from ? { issued_from } : {}),
            ...(issued_to ? { issued_to } : {}),
          },
        }),
      ),
    onSuccess: () => form.resetFields(),
    onError: (error) => putFaults(form, error),
    onSettled: () => void queries.invalidateQueries({ queryKey: key }),
  })
  const required = [{ required: true, message: t('web.resolve.missing') }]
  return (
    <section className="sheet stack close" aria-labelledby="ask">
      <h2 id="ask">{t('web.revocations.ask')}</h2>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(said) => ask.mutate(said)}>
        <Form.Item name="institution" label={t('web.revocations.institution')} rules={required}>
          <Input autoComplete="off" maxLength={64} />
        </Form.Item>
        <Form.Item name="kind" label={t('web.certificates.kind')}>
          <Select
            allowClear
            placeholder={t('web.list.all')}
            options={certificateKinds.map((k) => ({ value: k, label: name('certificate', k) }))}
          />
        </Form.Item>
        <div className="row">
          <Form.Item name="issued_from" label={t('web.revocations.from')}>
            <Input type="date" />
          </Form.Item>
          <Form.Item name="issued_to" label={t('web.revocations.to')}>
            <Input type="date" />
          </Form.Item>
        </div>
        <Form.Item name="reason_class" label={t('web.one_certificate.class')} rules={required}>
          <Select options={reasons.map((r) => ({ value: r, label: name('certificate_reason', r) }))} />
        </Form.Item>
        <ReasonField rows={2} />
        {ask.error && <Trouble error={ask.error} />}
        <Button type="primary" htmlType="submit" loading={ask.isPending}>
          {t('web.revocations.preview')}
        </Button>
      </Form>
    </section>
  )
}

function One({ of }: { of: Revocation }) {
  const { t, lang } = useWords()
  const { progress, effects } = of
  const done = progress.revoked + progress.changed
  return (
    <article className="sheet stack close" aria-label={of.institution.name}>
      <span className="row apart">
        <h2>{of.institution.name}</h2>
        <span className={`mark ${of.state === 'done' ? 'good' : of.state === 'refused' ? 'bad' : 'warn'}`}>
          {of.state_name}
        </span>
      </span>
      <p>
        {of.reason_class.name}: {of.reason}
      </p>
      <p className="quiet small">{moment(lang, of.requested_at)}</p>
      <p>
        {t('web.revocations.set', {
          total: progress.total,
          training: effects.training,
          grade: effects.grade,
          ce_base: effects.ce_base,
        })}
      </p>
      <p className="quiet">
        {t('web.revocations.stands', {
          titles: effects.titles,
          evaluations: effects.evaluations,
          grades: effects.grade_certificates,
          hours: effects.ce_hours,
        })}{' '}
        {t(effects.unearned ? 'web.revocations.unearned' : 'web.revocations.earned')}
      </p>
      {(of.state === 'approved' || of.state === 'done') && (
        <>
          <Progress
            percent={Math.round((100 * done) / Math.max(progress.total, 1))}
            aria-label={t('web.revocations.progress')}
          />
          <p className="small quiet">
            {t('web.revocations.outcome', { revoked: progress.revoked, changed: progress.changed })}
          </p>
        </>
      )}
      {of.decision_reason && <p className="quiet small">{of.decision_reason}</p>}
      {of.state === 'open' && (of.mine ? <Withdraw of={of} /> : <Decide of={of} />)}
    </article>
  )
}

function Withdraw({ of }: { of: Revocation }) {
  const queries = useQueryClient()
  const withdraw = useMutation({
    mutationFn: () =>
      answer(api.POST('/v1/certificate-revocations/{id}/withdrawal', { params: { path: { id: of.id } } })),
    onSettled: () => void queries.invalidateQueries({ queryKey: key }),
  })
  return <Withdrawing pending={withdraw.isPending} error={withdraw.error} withdraw={withdraw.mutate} />
}

function Decide({ of }: { of: Revocation }) {
  const queries = useQueryClient()
  const decide = useMutation({
    mutationFn: (body: Said) =>
      answer(api.POST('/v1/certificate-revocations/{id}/decision', { params: { path: { id: of.id } }, body })),
    onSettled: () => void queries.invalidateQueries({ queryKey: key }),
  })
  return <Deciding danger id={of.id} pending={decide.isPending} error={decide.error} decide={decide.mutateAsync} />
}
