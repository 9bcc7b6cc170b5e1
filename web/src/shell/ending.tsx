import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form } from 'antd'
import { Trouble } from './notes'
import { ReasonField } from './reason'

interface Props {
  title: string
  means: string
  end: (reason: string) => Promise<unknown>
  /** The list that then says so. */
  list: string
}

/** Something is ended for good, for a reason that is kept. */
export function Ending({ title, means, end, list }: Props) {
  const queries = useQueryClient()
  const ending = useMutation({
    mutationFn: ({ reason }: { reason: string }) => end(reason),
    onSuccess: () => queries.invalidateQueries({ queryKey: [list] }),
  })
  return (
    <Form layout="vertical" requiredMark={false} onFinish={(given: { reason: string }) => ending.mutate(given)}>
      <h2>{title}</h2>
      <p className="quiet">{means}</p>
      <ReasonField />
      {ending.error && <Trouble error={ending.error} />}
      <Button danger type="primary" htmlType="submit" loading={ending.isPending}>
        {title}
      </Button>
    </Form>
  )
}
