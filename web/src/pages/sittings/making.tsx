import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Select } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import { Aside } from '../../shell/aside'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { within } from '../../shell/within'
import { useWords } from '../../words/words'
import { PlanFields, said } from './plan'

type Given = Schema['SittingBody']

/** A sitting is made, for occupations that the institution is listed to evaluate. */
export function Making({ onClose, onMade }: { onClose: () => void; onMade: (id: string) => void }) {
  const { t, name } = useWords()
  const { account } = useSession()
  const queries = useQueryClient()
  const [form] = Form.useForm<Given>()
  const listed = useQuery({
    queryKey: ['institutions', 'evaluation', account.institution?.id],
    queryFn: async () => {
      const { institutions } = await answer(api.GET('/v1/institutions', { params: { query: { role: 'evaluation' } } }))
      return institutions.filter(({ id }) => id === account.institution?.id).map(({ occupation }) => occupation)
    },
    staleTime: 60_000,
  })
  const make = useMutation({
    mutationFn: (given: Given) => answer(api.POST('/v1/sittings', { body: said(given) })),
    onError: (error) => putFaults(form, error),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ['sittings'] })
      onMade(made.id)
    },
  })
  const needed = [{ required: true, message: t('web.resolve.missing') }]
  return (
    <Aside onClose={onClose} title={t('web.sittings.make')}>
      {listed.error && <Trouble error={listed.error} />}
      {listed.data?.length === 0 && <p className="alert warn">{t('web.sittings.not_listed')}</p>}
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ capacity: 30, levels: ['junior'] }}
        onFinish={(given: Given) => make.mutate(given)}
      >
        <Form.Item
          name="ref"
          label={t('web.sittings.ref')}
          extra={t('web.sittings.ref_hint')}
          rules={[{ ...needed[0], whitespace: true }]}
        >
          <Input maxLength={64} />
        </Form.Item>
        <Form.Item name="occupations" label={t('web.sittings.occupations')} rules={needed}>
          <Select
            mode="multiple"
            optionFilterProp="label"
            loading={listed.isPending}
            getPopupContainer={within}
            options={(listed.data ?? []).map((o) => ({ value: o.code, label: o.name }))}
          />
        </Form.Item>
        <Form.Item name="levels" label={t('web.sittings.levels')} rules={needed}>
          <Select
            mode="multiple"
            getPopupContainer={within}
            options={['junior', 'intermediate', 'senior'].map((l) => ({ value: l, label: name('level', l) }))}
          />
        </Form.Item>
        <PlanFields />
        {make.error && <Trouble error={make.error} />}
        <Button type="primary" htmlType="submit" loading={make.isPending}>
          {t('web.sittings.make')}
        </Button>
      </Form>
    </Aside>
  )
}
