import { Form, Select } from 'antd'
import { useWords } from '../words/words'
import { useInstitutions } from './institutions'
import { Trouble } from './notes'
import { within } from './within'

interface Props {
  name?: string | string[]
  label?: string
}

/** Which institution a form in a sheet is about: of those on the published lists, the bases of continuing education too. */
export function InstitutionField({ name = 'institution_id', label }: Props) {
  const { t } = useWords()
  const listed = useInstitutions()
  return (
    <>
      {listed.error && <Trouble error={listed.error} again={() => void listed.refetch()} />}
      <Form.Item
        name={name}
        label={label ?? t('web.role.institution')}
        rules={[{ required: true, message: t('web.resolve.missing') }]}
      >
        <Select
          loading={listed.isPending}
          getPopupContainer={within}
          options={listed.data ?? []}
          showSearch={{ optionFilterProp: 'label' }}
        />
      </Form.Item>
    </>
  )
}
