import { useQuery } from '@tanstack/react-query'
import { Form, Select } from 'antd'
import { answer, api } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { within } from '../../shell/within'
import { useWords } from '../../words/words'

/** What somebody wants to take up. */
export interface Target {
  occupation?: string
  direction?: string
  level?: string
}

/** The programme as everybody may read it. */
export const useCatalogue = () =>
  useQuery({ queryKey: ['catalogue'], queryFn: () => answer(api.GET('/v1/catalogue')), staleTime: 600_000 })

/** The fields of an occupation, its direction where it has some, and a level. */
export function TargetFields() {
  const { t, lang } = useWords()
  const form = Form.useFormInstance<Target>()
  const catalogue = useCatalogue()
  const chosen = Form.useWatch('occupation', form)
  if (catalogue.error) return <Trouble error={catalogue.error} again={() => void catalogue.refetch()} />
  const named = (x: { name: string; english?: string }) => (lang === 'zh' ? x.name : (x.english ?? x.name))
  const occupations = catalogue.data?.occupations ?? []
  const directions = occupations.find((o) => o.code === chosen)?.directions ?? []
  const missing = [{ required: true, message: t('web.resolve.missing') }]
  return (
    <>
      <Form.Item name="occupation" label={t('web.join.occupation')} rules={missing}>
        <Select
          loading={catalogue.isPending}
          getPopupContainer={within}
          showSearch={{ optionFilterProp: 'label' }}
          onChange={() => form.resetFields(['direction'])}
          options={occupations.map((o) => ({ value: o.code, label: named(o) }))}
        />
      </Form.Item>
      {directions.length > 0 && (
        <Form.Item name="direction" label={t('web.join.direction')}>
          <Select
            allowClear
            placeholder={t('web.join.no_direction')}
            getPopupContainer={within}
            options={directions.map((d) => ({ value: d.code, label: named(d) }))}
          />
        </Form.Item>
      )}
      <Form.Item name="level" label={t('web.join.level')} rules={missing}>
        <Select
          loading={catalogue.isPending}
          getPopupContainer={within}
          options={(catalogue.data?.levels ?? []).map((l) => ({ value: l.code, label: named(l) }))}
        />
      </Form.Item>
    </>
  )
}
