import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Radio } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import { Aside } from '../../shell/aside'
import { putFaults } from '../../shell/faults'
import { InstitutionField } from '../../shell/institutionfield'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'

type Given = Schema['InspectionBody']

/** An inspection is planned, of an institution that is named or chosen. */
export function Planning({
  institution,
  onClose,
  onPlanned,
}: {
  institution?: { id: string; name: string }
  onClose: () => void
  onPlanned: (id: string) => void
}) {
  const { t, name } = useWords()
  const { account } = useSession()
  const queries = useQueryClient()
  const [form] = Form.useForm<Given>()
  const plan = useMutation({
    mutationFn: (given: Given) =>
      answer(
        api.POST('/v1/inspections', { body: { ...given, institution_id: institution?.id ?? given.institution_id } }),
      ),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ['inspections'] })
      onPlanned(made.id)
    },
    onError: (e) => putFaults(form, e),
  })
  const needed = [{ required: true, message: t('web.resolve.missing') }]
  return (
    <Aside
      title={institution ? `${t('web.inspections.plan')} · ${institution.name}` : t('web.inspections.plan')}
      onClose={onClose}
    >
      <Form
        form={form}
        name="inspection"
        layout="vertical"
        requiredMark={false}
        initialValues={{ role: 'training' }}
        onFinish={(given: Given) => plan.mutate(given)}
      >
        {!institution && <InstitutionField />}
        <Form.Item
          name="role"
          label={t('web.inspections.as')}
          extra={account.district ? t('web.inspections.districts_train') : undefined}
          rules={needed}
        >
          <Radio.Group
            options={['training', 'evaluation'].map((r) => ({
              value: r,
              label: name('role', r),
              disabled: !!account.district && r === 'evaluation',
            }))}
          />
        </Form.Item>
        <Form.Item name="planned_on" label={t('web.inspections.planned_on')} rules={needed}>
          <Input type="date" />
        </Form.Item>
        <Form.Item name="scope" label={t('web.inspections.scope')} rules={[{ ...needed[0], whitespace: true }]}>
          <Input.TextArea rows={3} maxLength={1000} />
        </Form.Item>
        {plan.error && <Trouble error={plan.error} />}
        <Button type="primary" htmlType="submit" loading={plan.isPending}>
          {t('web.inspections.plan')}
        </Button>
      </Form>
    </Aside>
  )
}
