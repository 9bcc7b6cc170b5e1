import { useQuery } from '@tanstack/react-query'
import { Form, Select } from 'antd'
import { called, catalogue } from '../../shell/catalogue'
import { Trouble } from '../../shell/notes'
import { within } from '../../shell/within'
import { useWords } from '../../words/words'

/** What somebody wants to take up. */
export interface Target {
  occupation?: string
  direction?: string
  level?: string
}

/** The fields of an occupation, its direction where it has some, and a level. */
export function TargetFields() {
  const { t, lang } = useWords()
  const form = Form.useFormInstance<Target>()
  const all = useQuery(catalogue)
  const chosen = Form.useWatch('occupation', form)
  if (all.error && !all.data) return <Trouble error={all.error} again={() => void all.refetch()} />
  const occupations = all.data?.occupations ?? []
  const directions = occupations.find((o) => o.code === chosen)?.directions ?? []
  const missing = [{ required: true, message: t('web.resolve.missing') }]
  return (
    <>
      <Form.Item name="occupation" label={t('web.join.occupation')} rules={missing}>
        <Select
          loading={all.isPending}
          getPopupContainer={within}
          showSearch={{ optionFilterProp: 'label' }}
          onChange={() => form.resetFields(['direction'])}
          options={occupations.map((o) => ({ value: o.code, label: called(lang, o) }))}
        />
      </Form.Item>
      {directions.length > 0 && (
        <Form.Item name="direction" label={t('web.join.direction')}>
          <Select
            allowClear
            placeholder={t('web.join.no_direction')}
            getPopupContainer={within}
            options={directions.map((d) => ({ value: d.code, label: called(lang, d) }))}
          />
        </Form.Item>
      )}
      <Form.Item name="level" label={t('web.join.level')} rules={missing}>
        <Select
          loading={all.isPending}
          getPopupContainer={within}
          options={(all.data?.levels ?? []).map((l) => ({ value: l.code, label: called(lang, l) }))}
        />
      </Form.Item>
    </>
  )
}
