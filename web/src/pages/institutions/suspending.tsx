import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import type { ReactNode } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { Aside } from '../../shell/aside'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { Waiting } from '../../shell/waiting'
import { useWords } from '../../words/words'
import { Effects } from '../lists/effects'
import type { Detail } from './record'

interface Props {
  of: Detail
  onClose: () => void
}

/** A form in a sheet that does one thing to an institution, after which everything about it is read anew. */
function Act<T extends object>({
  of,
  onClose,
  title,
  above,
  fields,
  danger,
  act,
}: Props & {
  title: string
  above?: ReactNode
  fields: ReactNode
  danger?: boolean
  act: (given: T) => Promise<unknown>
}) {
  const queries = useQueryClient()
  const [form] = Form.useForm<T>()
  const done = useMutation({
    mutationFn: act,
    onSuccess: async () => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['record', of.id] }),
        queries.invalidateQueries({ queryKey: ['records'] }),
      ])
      onClose()
    },
    onError: (e) => putFaults(form, e),
  })
  return (
    <Aside title={`${title} · ${of.name}`} onClose={onClose} broad>
      <div className="stack">
        {above}
        <Form<T>
          form={form}
          name="institution"
          layout="vertical"
          requiredMark={false}
          onFinish={(given) => done.mutate(given)}
        >
          {fields}
          {done.error && <Trouble error={done.error} />}
          <Button type="primary" danger={danger ?? false} htmlType="submit" loading={done.isPending}>
            {title}
          </Button>
        </Form>
      </div>
    </Aside>
  )
}

function EndField() {
  const { t } = useWords()
  return (
    <Form.Item
      name="planned_until"
      label={t('web.institutions.planned_until')}
      extra={t('web.institutions.lifts_nothing')}
    >
      <Input type="date" />
    </Form.Item>
  )
}

/** Suspends an institution: what would stop, finish and wait is shown first. */
export function Suspending({ of, onClose }: Props) {
  const { t } = useWords()
  const path = { ref: of.id }
  const effects = useQuery({
    queryKey: ['suspending', of.id],
    queryFn: () => answer(api.GET('/v1/institutions/{ref}/suspension', { params: { path } })),
  })
  return (
    <Act<Schema['SuspensionBody']>
      of={of}
      onClose={onClose}
      title={t('web.institutions.suspend')}
      danger
      above={
        <>
          {effects.error && <Trouble error={effects.error} again={() => void effects.refetch()} />}
          {effects.data ? <Effects of={effects.data.effects} /> : <Waiting rows={3} />}
        </>
      }
      fields={
        <>
          <ReasonField />
          <Form.Item
            name="legal_basis"
            label={t('web.institutions.legal_basis')}
            rules={[{ required: true, whitespace: true, message: t('web.resolve.missing') }]}
          >
            <Input.TextArea rows={2} maxLength={500} />
          </Form.Item>
          <EndField />
        </>
      }
      act={({ planned_until, ...given }) =>
        answer(
          api.POST('/v1/institutions/{ref}/suspension', {
            params: { path },
            body: { ...given, ...(planned_until ? { planned_until } : {}) },
          }),
        )
      }
    />
  )
}

/** Lets an institution act again. */
export function Lifting({ of, onClose }: Props) {
  const { t } = useWords()
  return (
    <Act<Schema['ReasonBody']>
      of={of}
      onClose={onClose}
      title={t('web.institutions.lift')}
      above={<p>{t('web.institutions.lift_means')}</p>}
      fields={<ReasonField />}
      act={(body) =>
        answer(api.POST('/v1/institutions/{ref}/reinstatement', { params: { path: { ref: of.id } }, body }))
      }
    />
  )
}

/** Plans until when a suspension lasts. */
export function Ending({ of, onClose }: Props) {
  const { t } = useWords()
  return (
    <Act<Schema['PlannedEndBody']>
      of={of}
      onClose={onClose}
      title={t('web.institutions.plan_end')}
      fields={
        <>
          <EndField />
          <ReasonField />
        </>
      }
      act={({ planned_until, reason }) =>
        answer(
          api.POST('/v1/institutions/{ref}/suspension-end', {
            params: { path: { ref: of.id } },
            body: { reason, planned_until: planned_until ?? '' },
          }),
        )
      }
    />
  )
}
