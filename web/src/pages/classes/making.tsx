import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Select } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import { Aside } from '../../shell/aside'
import { catalogue } from '../../shell/catalogue'
import { Trouble } from '../../shell/notes'
import { within } from '../../shell/within'
import { useWords } from '../../words/words'
import { Plan } from './plan'

type Given = Schema['ClassBody']

/** A class is made, for an occupation that the institution is listed to train. */
export function Making({
  today,
  onClose,
  onMade,
}: {
  today: string
  onClose: () => void
  onMade: (id: string) => void
}) {
  const { t, name } = useWords()
  const { account } = useSession()
  const queries = useQueryClient()
  const [form] = Form.useForm<Given>()
  const chosen = Form.useWatch('occupation', form)
  const mode = Form.useWatch('mode', form)
  const offered = useQuery(catalogue)
  const listed = useQuery({
    queryKey: ['institutions', 'training', account.institution?.id],
    queryFn: async () => {
      const { institutions } = await answer(api.GET('/v1/institutions', { params: { query: { role: 'training' } } }))
      return institutions.filter(({ id }) => id === account.institution?.id).map(({ occupation }) => occupation)
    },
    staleTime: 60_000,
  })
  const make = useMutation({
    mutationFn: (body: Given) => answer(api.POST('/v1/classes', { body })),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ['classes'] })
      onMade(made.id)
    },
  })
  const needed = [{ required: true, message: t('web.resolve.missing') }]
  const occupation = offered.data?.occupations.find(({ code }) => code === chosen)
  return (
    <Aside onClose={onClose} title={t('web.classes.make')}>
      {(listed.error || offered.error) && <Trouble error={listed.error ?? offered.error} />}
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ capacity: 40, level: 'junior', starts_on: today, mode: 'ordinary' }}
        onFinish={(given: Given) => make.mutate(given)}
      >
        <Form.Item
          name="ref"
          label={t('web.classes.ref')}
          extra={t('web.classes.ref_hint')}
          rules={[{ ...needed[0], whitespace: true }]}
        >
          <Input maxLength={64} />
        </Form.Item>
        <Form.Item name="occupation" label={t('web.tasks.occupation')} rules={needed}>
          <Select
            loading={listed.isPending}
            getPopupContainer={within}
            options={(listed.data ?? []).map((o) => ({ value: o.code, label: o.name }))}
            onChange={() => form.resetFields(['direction'])}
          />
        </Form.Item>
        {!!occupation?.directions.length && (
          <Form.Item name="direction" label={t('web.classes.direction')} extra={t('web.classes.direction_hint')}>
            <Select
              allowClear
              getPopupContainer={within}
              options={occupation.directions.map((d) => ({ value: d.code, label: d.name }))}
            />
          </Form.Item>
        )}
        <Form.Item name="level" label={t('web.classes.level')} rules={needed}>
          <Select
            getPopupContainer={within}
            options={['junior', 'intermediate', 'senior'].map((l) => ({ value: l, label: name('level', l) }))}
          />
        </Form.Item>
        <Form.Item name="mode" label={t('web.classes.mode')}>
          <Select
            getPopupContainer={within}
            options={(['ordinary', 'order', 'named', 'instructors', 'advanced'] as const).map((m) => ({
              value: m,
              label: name('class_mode', m),
            }))}
          />
        </Form.Item>
        {(mode === 'order' || mode === 'named') && (
          <Form.Item
            name="sponsor"
            label={t('web.classes.sponsor')}
            extra={t('web.classes.sponsor_hint')}
            rules={[{ ...needed[0], whitespace: true }]}
          >
            <Input maxLength={64} autoCapitalize="characters" spellCheck={false} />
          </Form.Item>
        )}
        <Plan />
        {make.error && <Trouble error={make.error} />}
        <Button type="primary" htmlType="submit" loading={make.isPending}>
          {t('web.classes.make')}
        </Button>
      </Form>
    </Aside>
  )
}
