import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Select } from 'antd'
import { useId, useRef, useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { base64 } from '../../api/file'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { useWords } from '../../words/words'

type Purpose = Schema['BulkCheckBody']['purpose']

const purposes: Purpose[] = ['hiring', 'promotion', 'subsidy', 'bidding', 'supervision']

/** What is to be checked, and what for. */
export function Asking({ onAnswer }: { onAnswer: (of: Schema['BulkCheckOutputBody']) => void }) {
  const { t, name } = useWords()
  const queries = useQueryClient()
  const field = useRef<HTMLInputElement>(null)
  const label = useId()
  const [missing, setMissing] = useState(false)
  const checking = useMutation({
    mutationFn: async ({ file, ...why }: { file: File; purpose: Purpose; reason: string }) =>
      answer(api.POST('/v1/bulk-checks', { body: { ...why, content: await base64(file) } })),
    onSuccess: (of) => {
      onAnswer(of)
      void queries.invalidateQueries({ queryKey: ['bulk-checks'] })
    },
    // The same file can be chosen again once it was mended.
    onSettled: () => {
      if (field.current) field.current.value = ''
    },
  })
  const send = (why: { purpose: Purpose; reason: string }) => {
    const file = field.current?.files?.[0]
    setMissing(!file)
    if (file) checking.mutate({ file, ...why })
  }
  return (
    <section className="sheet stack" aria-busy={checking.isPending}>
      <h2>{t('web.checks.ask')}</h2>
      <Form layout="vertical" requiredMark={false} onFinish={send}>
        <Form.Item
          name="purpose"
          label={t('web.checks.purpose')}
          rules={[{ required: true, message: t('web.checks.purpose_missing') }]}
        >
          <Select options={purposes.map((p) => ({ value: p, label: name('check.purpose', p) }))} />
        </Form.Item>
        <ReasonField rows={2} />
        <Form.Item
          label={t('web.checks.file')}
          htmlFor={label}
          extra={t('web.checks.file_means')}
          {...(missing ? { validateStatus: 'error', help: t('web.checks.file_missing') } : {})}
        >
          <input ref={field} id={label} type="file" accept=".xlsx" />
        </Form.Item>
        {checking.error && <Trouble error={checking.error} />}
        <Button type="primary" htmlType="submit" loading={checking.isPending}>
          {t('web.checks.check')}
        </Button>
      </Form>
    </section>
  )
}
