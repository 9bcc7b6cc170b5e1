import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form } from 'antd'
import { useState } from 'react'
import { answer, api } from '../../api/client'
import { useSession } from '../../api/session'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { useWords } from '../../words/words'
import type { Channel } from './channels'

interface Said {
  reason: string
}

/** A channel is paused or goes on, for a reason that is kept. That is for operators of the city. */
export function Turning({ of }: { of: Channel }) {
  const { t } = useWords()
  const { account } = useSession()
  const queries = useQueryClient()
  const [form] = Form.useForm<Said>()
  const [asked, setAsked] = useState(false)
  const verb = of.state === 'active' ? 'pause' : 'resume'
  const turning = useMutation({
    mutationFn: (body: Said) => {
      const params = { path: { ref: of.id } }
      return verb === 'pause'
        ? answer(api.POST('/v1/channels/{ref}/pause', { params, body }))
        : answer(api.POST('/v1/channels/{ref}/resume', { params, body }))
    },
    onSuccess: () => {
      setAsked(false)
      form.resetFields()
    },
    onError: (error) => putFaults(form, error),
    onSettled: () => void queries.invalidateQueries({ queryKey: ['channels'] }),
  })
  if (account.district) return null
  if (!asked) {
    return (
      <div className="row">
        <Button onClick={() => setAsked(true)}>{t(`web.channels.${verb}`)}</Button>
      </div>
    )
  }
  return (
    <Form form={form} layout="vertical" requiredMark={false} onFinish={(said) => turning.mutate(said)}>
      <p className="quiet">{t(`web.channels.${verb}_means`)}</p>
      <ReasonField rows={2} />
      {turning.error && <Trouble error={turning.error} />}
      <div className="row">
        <Button type="primary" htmlType="submit" loading={turning.isPending}>
          {t(`web.channels.${verb}`)}
        </Button>
        <Button onClick={() => setAsked(false)}>{t('web.answer.back')}</Button>
      </div>
    </Form>
  )
}
