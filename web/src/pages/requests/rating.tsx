import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Form } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import { ChoiceField } from './fields'

type Remark = NonNullable<Schema['RatingBody']['remarks']>[number]

/** Rating the training that one completed, once: who reads it, and when the public does. */
export function Rating({ caseID, may }: { caseID: string; may: Schema['OwnRating'] }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [form] = Form.useForm<{ score: string; remarks?: Remark[] }>()
  const rate = useMutation({
    mutationFn: ({ score, remarks = [] }: { score: string; remarks?: Remark[] }) =>
      answer(
        api.POST('/v1/cases/{id}/rating', {
          params: { path: { id: caseID } },
          body: { score: Number(score), remarks },
        }),
      ),
    onError: (error) => putFaults(form, error),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['case', caseID] }),
  })
  if (may.score) return <p>{t('web.own.rate_given', { n: may.score })}</p>
  if (may.why_not) return <p className="alert warn">{may.why_not.name}</p>
  return (
    <Form form={form} name="rating" layout="vertical" requiredMark={false} onFinish={(said) => rate.mutate(said)}>
      <h3>{t('web.own.rate')}</h3>
      <p>{t('web.own.rate_means', { n: may.shown_by })}</p>
      <ChoiceField
        name="score"
        label={t('web.own.rate_score')}
        options={['5', '4', '3', '2', '1'].map((n) => ({ value: n, label: t('web.own.points', { n }) }))}
      />
      <Form.Item name="remarks" label={t('web.own.rate_remarks')}>
        <Checkbox.Group className="choices" options={may.remarks.map((r) => ({ value: r.code, label: r.name }))} />
      </Form.Item>
      {rate.error && <Trouble error={rate.error} />}
      <Button type="primary" htmlType="submit" loading={rate.isPending}>
        {t('web.own.rate_do')}
      </Button>
    </Form>
  )
}
