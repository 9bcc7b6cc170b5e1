import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { putFaults } from '../../shell/faults'
import { InstitutionField } from '../../shell/institutionfield'
import { Trouble } from '../../shell/notes'
import { Once } from '../../shell/once'
import { useWords } from '../../words/words'
import { AddressField } from './settings'

/** An institution is to be called: its address is set, and the secret that signs is shown once. */
export function Setup({ anybodys, onDone }: { anybodys?: boolean; onDone: () => void }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [form] = Form.useForm<Schema['EndpointBody']>()
  const set = useMutation({
    mutationFn: (body: Schema['EndpointBody']) => answer(api.POST('/v1/endpoints', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['endpoints'] }),
    onError: (error) => putFaults(form, error),
  })
  if (set.data) {
    return (
      <div className="stack">
        <Once
          title={t('web.endpoint.set')}
          advice={t('web.endpoint.secret_advice')}
          name={t('web.endpoint.secret')}
          value={set.data.secret}
        />
        <div>
          <Button onClick={onDone}>{t('web.endpoint.go_on')}</Button>
        </div>
      </div>
    )
  }
  return (
    <Form form={form} layout="vertical" requiredMark={false} onFinish={(given) => set.mutate(given)}>
      <p className="quiet">{t('web.endpoint.setup_means')}</p>
      {anybodys && <InstitutionField />}
      <AddressField />
      {set.error && <Trouble error={set.error} />}
      <Button type="primary" htmlType="submit" loading={set.isPending}>
        {t('web.endpoint.setup')}
      </Button>
    </Form>
  )
}
