import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { useWords } from '../words/words'
import { Trouble } from './notes'

interface Props {
  title: string
  means: string
  end: (reason: string) => Promise<unknown>
  /** The list that then says so. */
  list: string
}

/** Something is ended for good, for a reason that is kept. */
export function Ending({ title, means, end, list }: Props) {
  const { t } = useWords()
  const queries = useQueryClient()
  const ending = useMutation({
    mutationFn: ({ reason }: { reason: string }) => end(reason),
    onSuccess: () => queries.invalidateQueries({ queryKey: [list] }),
  })
  return (
    <Form layout="vertical" requiredMark={false} onFinish={(given: { reason: string }) => ending.mutate(given)}>
      <h2>{title}</h2>
      <p className="quiet">{means}</p>
      <Form.Item
        name="reason"
        label={t('web.resolve.reason')}
        extra={t('web.resolve.reason_kept')}
        rules={[{ required: true, whitespace: true, message: t('web.resolve.missing') }]}
      >
        <Input.TextArea rows={3} maxLength={500} />
      </Form.Item>
      {ending.error && <Trouble error={ending.error} />}
      <Button danger type="primary" htmlType="submit" loading={ending.isPending}>
        {title}
      </Button>
    </Form>
  )
}
