import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Form, Input } from 'antd'
import { useId, useRef, useState } from 'react'
import { answer, api } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { papersAccepted, send } from '../../shell/sending'
import { useWords } from '../../words/words'
import type { Case } from '../case/queries'

/** A register could not say who the trainee is: they show their document to people of the training body. */
export function Identity({ c }: { c: Case }) {
  const { t } = useWords()
  if (!c.identity) return null
  return (
    <section className="sheet stack close" aria-labelledby="identity">
      <h2 id="identity">{t('web.identity.title')}</h2>
      <p className="alert warn">{c.identity.found.name}</p>
      <p>{t('web.identity.lead')}</p>
      {c.identity.request ? (
        <p>
          {t('web.identity.asked', { body: c.training_body.name })}{' '}
          <Link to="/my-requests" search={{ request: c.identity.request }}>
            {t('web.identity.to_request')}
          </Link>
        </p>
      ) : (
        <Showing c={c} />
      )}
    </section>
  )
}

function Showing({ c }: { c: Case }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const field = useRef<HTMLInputElement>(null)
  const label = useId()
  const [wrong, setWrong] = useState<string>()
  const show = useMutation({
    mutationFn: async ({ file, text }: { file: File; text: string }) => {
      const body = { kind: 'identity_check' as const, text }
      const { id } = await answer(api.POST('/v1/cases/{id}/requests', { params: { path: { id: c.id } }, body }))
      await send(file, { subject_kind: 'petition', subject_id: id, kind: 'identity_document' }, () => undefined)
    },
    // What was asked for stands, whether or not its file came through: it can be added there.
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['requests'] })
      void queries.invalidateQueries({ queryKey: ['case', c.id] })
    },
  })
  const take = ({ text }: { text?: string }) => {
    const file = field.current?.files?.[0]
    if (!file) return setWrong(t('web.evidence.choose'))
    setWrong(undefined)
    show.mutate({ file, text: text?.trim() || t('web.identity.please') })
  }
  return (
    <Form name="identity" layout="vertical" requiredMark={false} onFinish={take}>
      <Form.Item
        label={t('web.identity.file')}
        htmlFor={label}
        extra={t('web.evidence.taken_papers')}
        {...(wrong ? { validateStatus: 'error', help: wrong } : {})}
      >
        <input ref={field} id={label} type="file" accept={papersAccepted} disabled={show.isPending} />
      </Form.Item>
      <Form.Item name="text" label={t('web.identity.remark')}>
        <Input.TextArea rows={2} maxLength={1000} />
      </Form.Item>
      {show.error && <Trouble error={show.error} />}
      <Button type="primary" htmlType="submit" loading={show.isPending}>
        {t('web.identity.show')}
      </Button>
    </Form>
  )
}
