import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form } from 'antd'
import type { ReactNode } from 'react'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import { TextField } from './fields'

interface Props<Filled, Made> {
  name: string
  ask: (filled: Filled) => Promise<Made>
  onAsked: (made: Made) => void
  /** What is asked for in words: the name of that field, and what is said below it. */
  label: string
  extra: string
  rows?: number
  /** The fields before it. */
  children?: ReactNode
}

/** The form in which a trainee asks for something. */
export function Asking<Filled extends { text: string }, Made>(props: Props<Filled, Made>) {
  const { name, ask, onAsked, label, extra, rows = 4, children } = props
  const { t } = useWords()
  const queries = useQueryClient()
  const [form] = Form.useForm<Filled>()
  const send = useMutation({
    mutationFn: ask,
    onError: (error) => putFaults(form, error),
    onSuccess: (made) => {
      void queries.invalidateQueries({ queryKey: ['requests'] })
      onAsked(made)
    },
  })
  return (
    <Form form={form} name={name} layout="vertical" requiredMark={false} onFinish={(filled) => send.mutate(filled)}>
      {children}
      <TextField name="text" label={label} extra={extra} rows={rows} />
      {send.error && <Trouble error={send.error} />}
      <Button type="primary" htmlType="submit" loading={send.isPending}>
        {t('web.requests.send')}
      </Button>
    </Form>
  )
}
