import { useQuery } from '@tanstack/react-query'
import { Form, Select } from 'antd'
import { answer, api } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { within } from '../../shell/within'
import { useWords } from '../../words/words'
import { caseQuery } from './queries'

/**
 * Those who could take the work of a case over: listed for its occupation in the role of a stage, the case's own unless one
 * is named, and neither of its bodies.
 */
export function Takers({ caseId, stage }: { caseId: string; stage?: string | undefined }) {
  const { t } = useWords()
  const c = useQuery(caseQuery(caseId))
  const at = stage ?? c.data?.stage
  const role = at === 'evaluation' || at === 'certificate' ? 'evaluation' : 'training'
  const takers = useQuery({
    queryKey: ['takers', caseId, role],
    enabled: c.isSuccess,
    queryFn: async () => {
      const query = { occupation: c.data?.occupation.code ?? '', role } as const
      const { institutions } = await answer(api.GET('/v1/institutions', { params: { query } }))
      const taken = [c.data?.training_body.id, c.data?.evaluation_body.id]
      return institutions.filter((i) => !taken.includes(i.id))
    },
    staleTime: 60_000,
  })
  const error = c.error ?? takers.error
  return (
    <>
      {error && <Trouble error={error} again={() => void (c.error ? c : takers).refetch()} />}
      <Form.Item
        name="institution"
        label={t('web.resolve.institution')}
        rules={[{ required: true, message: t('web.resolve.missing') }]}
      >
        <Select
          loading={takers.isPending}
          getPopupContainer={within}
          options={(takers.data ?? []).map((i) => ({ value: i.id, label: i.name }))}
          showSearch={{ optionFilterProp: 'label' }}
          notFoundContent={t('web.resolve.nobody')}
        />
      </Form.Item>
    </>
  )
}
