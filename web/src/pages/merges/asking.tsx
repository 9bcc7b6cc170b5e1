import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import { answer, api } from '../../api/client'
import { Coming } from '../../shell/arrived'
import { Aside } from '../../shell/aside'
import { putFaults } from '../../shell/faults'
import { useWords } from '../../words/words'
import { type Given, Saying } from './saying'
import { Sides } from './sides'

interface Named {
  kept_case: string
  merged_case: string
}

/** Names two records by a case of each, shows both, and asks for them to be made one. */
export function Asking({
  kept = '',
  onClose,
  onAsked,
}: {
  kept?: string | undefined
  onClose: () => void
  onAsked: (id: string) => void
}) {
  const { t } = useWords()
  const [form] = Form.useForm<Named>()
  const [named, setNamed] = useState<Named>()
  const needed = [{ required: true, whitespace: true, message: t('web.resolve.missing') }]
  return (
    <Aside broad title={t('web.merges.ask')} onClose={onClose}>
      <div className="stack">
        <Form
          form={form}
          name="merge-cases"
          layout="vertical"
          requiredMark={false}
          initialValues={{ kept_case: kept }}
          onFinish={(given: Named) =>
            setNamed({ kept_case: given.kept_case.trim(), merged_case: given.merged_case.trim() })
          }
        >
          <Form.Item
            name="kept_case"
            label={t('web.merges.kept_case')}
            extra={t('web.merges.kept_extra')}
            rules={needed}
          >
            <Input maxLength={36} />
          </Form.Item>
          <Form.Item name="merged_case" label={t('web.merges.merged_case')} rules={needed}>
            <Input maxLength={36} />
          </Form.Item>
          <Button htmlType="submit">{t('web.merges.look')}</Button>
        </Form>
        {named && <Compared key={named.kept_case + named.merged_case} named={named} onAsked={onAsked} />}
      </div>
    </Aside>
  )
}

function Compared({ named, onAsked }: { named: Named; onAsked: (id: string) => void }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [form] = Form.useForm<Given>()
  const look = useQuery({
    queryKey: ['merge-preview', named],
    queryFn: () => answer(api.GET('/v1/merge-preview', { params: { query: named } })),
    retry: false,
  })
  const ask = useMutation({
    mutationFn: (given: Given) =>
      answer(api.POST('/v1/merges', { body: { ...given, ...named, seen: look.data?.seen ?? '' } })),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ['merges'] })
      onAsked(made.id)
    },
    onError: (e) => {
      putFaults(form, e)
      void look.refetch()
    },
  })
  if (!look.data) return <Coming of={look} />
  return (
    <>
      <Sides look={look.data} />
      {look.data.obstacles.length === 0 && (
        <Saying form={form} name="merge" pending={ask.isPending} error={ask.error} say={(given) => ask.mutate(given)}>
          {t('web.merges.submit')}
        </Saying>
      )}
    </>
  )
}
