import { useQuery } from '@tanstack/react-query'
import { Form, Select } from 'antd'
import { answer, api } from '../api/client'
import { useWords } from '../words/words'
import { Trouble } from './notes'

/** Which institution a form in a sheet is about: of those on the published lists, the bases of continuing education too. */
export function InstitutionField() {
  const { t } = useWords()
  const listed = useQuery({
    queryKey: ['institutions'],
    queryFn: async () => {
      const { institutions, ce_bases } = await answer(api.GET('/v1/institutions'))
      const names = new Map([...institutions, ...ce_bases].map(({ id, name }) => [id, name]))
      return [...names].map(([value, label]) => ({ value, label })).filter(({ value }) => value)
    },
    staleTime: 60_000,
  })
  return (
    <>
      {listed.error && <Trouble error={listed.error} again={() => void listed.refetch()} />}
      <Form.Item
        name="institution_id"
        label={t('web.role.institution')}
        rules={[{ required: true, message: t('web.resolve.missing') }]}
      >
        <Select
          loading={listed.isPending}
          // Within the sheet, which lies above everything else.
          getPopupContainer={(select) => select.parentElement ?? document.body}
          options={listed.data ?? []}
          showSearch={{ optionFilterProp: 'label' }}
        />
      </Form.Item>
    </>
  )
}
