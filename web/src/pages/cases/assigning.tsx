import { useQuery } from '@tanstack/react-query'
import { Button, Form, Select } from 'antd'
import { answer, api } from '../../api/client'
import { me, missing } from '../../list/fields'
import { Aside } from '../../shell/aside'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { within } from '../../shell/within'
import { useWords } from '../../words/words'
import { useAssign } from './claiming'

/** Has somebody see to cases, for a reason: whoever sees to them now is told by it why no longer. */
export function Assigning({ cases, close }: { cases: string[]; close: () => void }) {
  const { t } = useWords()
  const [form] = Form.useForm<{ assignee: string; reason: string }>()
  const operators = useQuery({
    queryKey: ['operators'],
    queryFn: () => answer(api.GET('/v1/operators')),
    staleTime: 60_000,
  })
  const assign = useAssign()
  const others = (operators.data?.operators ?? []).filter((o) => !o.me)
  return (
    <Aside title={t('web.cases.assign_n', { n: cases.length })} onClose={close}>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ assignee: me }}
        onFinish={({ assignee, reason }) =>
          assign
            .mutateAsync({ cases, reason, assignee: assignee === missing ? null : assignee })
            .then(close, (e) => putFaults(form, e))
        }
      >
        {operators.error && <Trouble error={operators.error} again={() => void operators.refetch()} />}
        <Form.Item name="assignee" label={t('web.fields.assignee')}>
          <Select
            getPopupContainer={within}
            loading={operators.isPending}
            showSearch={{ optionFilterProp: 'label' }}
            options={[
              { value: me, label: t('web.filter.me') },
              { value: missing, label: t('web.cases.nobody') },
              ...others.map((o) => ({ value: o.id, label: o.label })),
            ]}
          />
        </Form.Item>
        <ReasonField />
        {assign.error && <Trouble error={assign.error} />}
        <Button type="primary" htmlType="submit" loading={assign.isPending}>
          {t('web.resolve.do')}
        </Button>
      </Form>
    </Aside>
  )
}
