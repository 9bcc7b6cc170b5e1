import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Radio, Select } from 'antd'
import { useId, useRef } from 'react'
import { answer, api } from '../../api/client'
import { Aside } from '../../shell/aside'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { send } from '../../shell/sending'
import { within } from '../../shell/within'
import { useWords } from '../../words/words'
import type { Case } from '../case/queries'
import { operatorsQuery } from './queries'

interface Written {
  note: string
  shown_to: string
  mentions?: string[]
}

const taken = '.pdf,.png,.jpg,.jpeg'

/** Writes a note about the case: for colleagues, or for one of its institutions too. */
export function Writing({ c, onClose }: { c: Case; onClose: () => void }) {
  const { t, name } = useWords()
  const [form] = Form.useForm<Written>()
  const queries = useQueryClient()
  const field = useRef<HTMLInputElement>(null)
  const label = useId()
  const operators = useQuery(operatorsQuery(c.id))
  const write = useMutation({
    mutationFn: async (said: Written) => {
      const file = field.current?.files?.[0]
      const about = { subject_kind: 'case', subject_id: c.id, kind: 'other' } as const
      const filed = file ? await send(file, about, () => undefined) : undefined
      const body = {
        note: said.note,
        mentions: said.mentions ?? [],
        ...(said.shown_to ? { shown_to: said.shown_to } : {}),
        ...(filed ? { file: filed } : {}),
      }
      return answer(api.POST('/v1/cases/{id}/notes', { params: { path: { id: c.id } }, body }))
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['case', c.id] })
      onClose()
    },
    onError: (error) => putFaults(form, error),
  })
  return (
    <Aside title={t('web.casework.note')} onClose={onClose}>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ shown_to: '' }}
        onFinish={(said) => write.mutate(said)}
      >
        <Form.Item
          name="note"
          label={t('web.casework.note_text')}
          extra={t('web.casework.note_masked')}
          rules={[{ required: true, whitespace: true, message: t('web.resolve.missing') }]}
        >
          <Input.TextArea rows={5} maxLength={4000} />
        </Form.Item>
        <Form.Item name="shown_to" label={t('web.casework.note_readers')}>
          <Radio.Group
            className="verbs"
            options={[
              { value: '', label: t('web.casework.note_office') },
              { value: c.training_body.id, label: `${name('role', 'training')} ${c.training_body.name}` },
              { value: c.evaluation_body.id, label: `${name('role', 'evaluation')} ${c.evaluation_body.name}` },
            ]}
          />
        </Form.Item>
        <Form.Item name="mentions" label={t('web.casework.note_mentions')}>
          <Select
            mode="multiple"
            loading={operators.isPending}
            getPopupContainer={within}
            optionFilterProp="label"
            options={(operators.data?.operators ?? [])
              .filter((o) => !o.me)
              .map((o) => ({ value: o.id, label: o.label }))}
          />
        </Form.Item>
        <Form.Item label={t('web.casework.note_file')} htmlFor={label} extra={t('web.casework.note_file_kinds')}>
          <input ref={field} id={label} type="file" accept={taken} />
        </Form.Item>
        {write.error && <Trouble error={write.error} />}
        <Button type="primary" htmlType="submit" loading={write.isPending}>
          {t('web.casework.note_do')}
        </Button>
      </Form>
    </Aside>
  )
}
