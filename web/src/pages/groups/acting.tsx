import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Button, Form, Input, InputNumber, Radio } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { Failure } from '../../api/failure'
import { Aside } from '../../shell/aside'
import { putFaults } from '../../shell/faults'
import { InstitutionField } from '../../shell/institutionfield'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { Waiting } from '../../shell/waiting'
import { useWords } from '../../words/words'
import type { Target } from './groups'

type Asked = Schema['BatchBody']
type Verb = Asked['verb']

interface Said {
  name: string
  reason: string
  legal_basis?: string
  verb: Verb
  params?: { institution?: string; days?: number; evidence?: string; url?: string }
  per_minute: number
}

/** What is done to all cases of a group: which it would be, and what it would do to them, is shown before it is done. */
export function Acting({ of, onClose }: { of: Target; onClose: () => void }) {
  const { t, name } = useWords()
  const [form] = Form.useForm<Said>()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const { group, verbs } = of
  const verb = Form.useWatch('verb', form) ?? verbs[0]
  const params = complete(verb, Form.useWatch('params', form))
  const perMinute = Form.useWatch('per_minute', form) ?? usual
  const preview = useQuery({
    queryKey: ['batch preview', group, verb, params, perMinute],
    queryFn: () =>
      answer(
        api.POST('/v1/incident-batches/preview', {
          body: { verb: verb as Verb, params: params ?? {}, group, per_minute: perMinute },
        }),
      ),
    enabled: verb !== undefined && params !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
  })
  const act = useMutation({
    mutationFn: ({ params: given, legal_basis, ...said }: Said) =>
      answer(
        api.POST('/v1/incident-batches', {
          body: {
            ...said,
            params: complete(said.verb, given) ?? {},
            group,
            expected: preview.data?.count ?? 0,
            ...(legal_basis ? { legal_basis } : {}),
          },
        }),
      ),
    onSuccess: ({ id }) => void navigate({ to: '/batches/$id', params: { id } }),
    onError: (error) => {
      putFaults(form, error)
      if (error instanceof Failure && error.code === 'batch_count_changed') void preview.refetch()
    },
    onSettled: () => void queries.invalidateQueries({ queryKey: ['incidents'] }),
  })
  const required = [{ required: true, whitespace: true, message: t('web.resolve.missing') }]
  const two = verb === 'override' || verb === 'cancel'
  return (
    <Aside title={t('web.groups.act_on', { title: of.title })} onClose={onClose}>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ verb: verbs[0], per_minute: usual }}
        onFinish={(said) => act.mutate(said)}
      >
        <Form.Item name="verb" label={t('web.resolve.verb')}>
          <Radio.Group className="verbs" options={verbs.map((v) => ({ value: v, label: name('verb', v) }))} />
        </Form.Item>
        {verb === 'extend' && (
          <Form.Item name={['params', 'days']} label={t('web.resolve.days')} initialValue={14}>
            <InputNumber min={1} max={365} precision={0} />
          </Form.Item>
        )}
        {/* Which of the cases one may take, each case says when its turn comes. */}
        {verb === 'reassign' && <InstitutionField name={['params', 'institution']} label={t('web.groups.taker')} />}
        {verb === 'override' && (
          <Form.Item name={['params', 'evidence']} label={t('web.resolve.evidence')} rules={required}>
            <Input.TextArea rows={2} maxLength={1000} />
          </Form.Item>
        )}
        <Foreseen preview={preview} />
        <Form.Item name="name" label={t('web.groups.name')} extra={t('web.groups.name_means')} rules={required}>
          {/* A sheet that opens gives itself the focus: the attribute says to whom. */}
          <Input maxLength={100} autoComplete="off" ref={(field) => field?.input?.setAttribute('autofocus', '')} />
        </Form.Item>
        <ReasonField rows={2} />
        {two && (
          <Form.Item
            name="legal_basis"
            label={t('web.groups.legal_basis')}
            extra={t('web.groups.second_person')}
            rules={required}
          >
            <Input.TextArea rows={2} maxLength={500} />
          </Form.Item>
        )}
        {verb === 'resume_endpoint' ? (
          <Form.Item name={['params', 'url']} label={t('web.groups.url')} extra={t('web.groups.url_means')}>
            <Input type="url" maxLength={2048} autoComplete="off" />
          </Form.Item>
        ) : (
          <Form.Item name="per_minute" label={t('web.groups.per_minute')}>
            <InputNumber min={1} max={6000} precision={0} />
          </Form.Item>
        )}
        {act.error && <Trouble error={act.error} />}
        <Button
          type="primary"
          htmlType="submit"
          danger={verb === 'cancel'}
          loading={act.isPending}
          disabled={!preview.data?.count || params === undefined}
        >
          {t('web.groups.do', { verb: name('verb', verb ?? ''), n: preview.data?.count ?? 0 })}
        </Button>
      </Form>
    </Aside>
  )
}

const usual = 1200

/** What a verb needs, once it is all there; what another verb was given is left out. */
function complete(verb: Verb | undefined, given: Said['params'] = {}): Asked['params'] | undefined {
  switch (verb) {
    case 'extend':
      return given.days ? { days: given.days } : undefined
    case 'reassign':
      return given.institution ? { institution: given.institution } : undefined
    case 'override':
      return given.evidence?.trim() ? { evidence: given.evidence } : undefined
    case 'resume_endpoint':
      return given.url?.trim() ? { url: given.url.trim() } : {}
    default:
      return {}
  }
}

/** What would happen, to how many, and some of them. */
function Foreseen({
  preview,
}: {
  preview: { data: Schema['BatchPreviewBody'] | undefined; error: unknown; isLoading: boolean }
}) {
  const { t } = useWords()
  if (preview.error) return <Trouble error={preview.error} />
  if (preview.isLoading) return <Waiting rows={2} />
  if (!preview.data) return <p className="quiet small">{t('web.groups.preview_needs')}</p>
  const { count, effects, sample } = preview.data
  return (
    <section className="foreseen alert warn stack close" aria-label={t('web.groups.preview')}>
      <strong>{t('web.groups.counted', { n: count })}</strong>
      <ul className="effects">
        {effects.map((e) => (
          <li key={e.code}>{e.text}</li>
        ))}
      </ul>
      <p className="small">
        {t('web.groups.sample')}{' '}
        {sample.map((c) => (
          <Link key={c.case_id} to="/cases/$id" params={{ id: c.case_id }} className="mono">
            {c.case_id.slice(0, 8)}{' '}
          </Link>
        ))}
      </p>
    </section>
  )
}
