import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Select } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { districts } from '../../router'
import { Aside } from '../../shell/aside'
import { Trouble } from '../../shell/notes'
import { within } from '../../shell/within'
import { useWords } from '../../words/words'

type Given = Schema['EmployerBody']

/** An employer is registered, by its unified social credit code. */
export function Registering({ onClose, onMade }: { onClose: () => void; onMade: (id: string) => void }) {
  const { t, name } = useWords()
  const queries = useQueryClient()
  const register = useMutation({
    mutationFn: (body: Given) => answer(api.POST('/v1/employers', { body })),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ['employers'] })
      onMade(made.id)
    },
  })
  const needed = { required: true, whitespace: true, message: t('web.resolve.missing') }
  return (
    <Aside onClose={onClose} title={t('web.employers.register')}>
      <Form layout="vertical" requiredMark={false} onFinish={(given: Given) => register.mutate(given)}>
        <Form.Item name="name" label={t('web.employers.name')} rules={[needed]}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="uscc" label={t('web.employers.uscc')} extra={t('web.employers.uscc_hint')} rules={[needed]}>
          <Input maxLength={64} autoCapitalize="characters" spellCheck={false} />
        </Form.Item>
        <Form.Item name="district" label={t('web.employers.district')} rules={[needed]}>
          <Select
            getPopupContainer={within}
            options={districts.map((d) => ({ value: d, label: name('district', d) }))}
          />
        </Form.Item>
        {register.error && <Trouble error={register.error} />}
        <Button type="primary" htmlType="submit" loading={register.isPending}>
          {t('web.employers.register')}
        </Button>
      </Form>
    </Aside>
  )
}
