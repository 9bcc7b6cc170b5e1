import { useQuery } from '@tanstack/react-query'
import { Form, Input, Select } from 'antd'
import { answer, api } from '../../api/client'
import { Failure } from '../../api/failure'
import { Trouble } from '../../shell/notes'
import { Waiting } from '../../shell/waiting'
import { within } from '../../shell/within'
import { useWords } from '../../words/words'
import type { StepProps } from './fill'
import { Next } from './next'
import { faultOf, printed } from './residentid'

interface Said {
  name?: string
  id_type?: string
  id_number?: string
  id_country?: string
}

/** Whether it is known already who the account's person is. */
export const useKnown = () =>
  useQuery({
    queryKey: ['my', 'known'],
    queryFn: async () => {
      try {
        await answer(api.GET('/v1/me/contacts'))
        return true
      } catch (error) {
        if (error instanceof Failure && error.code === 'person_unknown') return false
        throw error
      }
    },
  })

/** Who registers: as their document says. Whom we know is not asked again. */
export function Identity({ filling, next }: StepProps) {
  const { t, name, codes } = useWords()
  const [form] = Form.useForm<Said>()
  const known = useKnown()
  const said = { name: Form.useWatch('name', form), id_type: Form.useWatch('id_type', form) }
  if (known.error && !known.data) return <Trouble error={known.error} again={() => void known.refetch()} />
  if (known.isPending) return <Waiting rows={5} />
  if (known.data) {
    return (
      <Form className="sheet stack" onFinish={next}>
        <p>{t('web.registration.known')}</p>
        <div>
          <Next />
        </div>
      </Form>
    )
  }
  const missing = { required: true, message: t('web.resolve.missing') }
  const resident = (said.id_type ?? 'resident_id') === 'resident_id'
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      className="sheet"
      initialValues={{ id_type: 'resident_id', ...filling.contents }}
      onValuesChange={(_, all) =>
        filling.change({ ...all, ...(all.id_type === 'passport' ? {} : { id_country: undefined }) })
      }
      onFinish={next}
    >
      <Form.Item
        name="name"
        label={t('web.registration.name')}
        extra={t('web.registration.name_hint')}
        rules={[missing]}
      >
        <Input autoComplete="name" maxLength={200} />
      </Form.Item>
      {said.name?.trim() && (
        <p role="status" className="printed-as">
          {t('web.registration.printed_as', { name: printed(said.name) })}
        </p>
      )}
      <Form.Item name="id_type" label={t('web.registration.id_type')}>
        <Select
          getPopupContainer={within}
          options={codes('id_type').map((code) => ({ value: code, label: name('id_type', code) }))}
        />
      </Form.Item>
      <Form.Item
        name="id_number"
        label={t('web.registration.id_number')}
        dependencies={['id_type']}
        validateTrigger={['onBlur', 'onSubmit']}
        rules={[
          missing,
          {
            validator: (_, typed?: string) => {
              const fault = typed && resident ? faultOf(typed) : undefined
              return fault ? Promise.reject(new Error(t(`field.${fault}`))) : Promise.resolve()
            },
          },
        ]}
      >
        <Input autoComplete="off" autoCapitalize="characters" spellCheck={false} maxLength={64} />
      </Form.Item>
      {said.id_type === 'passport' && (
        <Form.Item name="id_country" label={t('web.registration.id_country')} rules={[missing]}>
          <Input autoComplete="off" autoCapitalize="characters" maxLength={3} />
        </Form.Item>
      )}
      <Next />
    </Form>
  )
}
