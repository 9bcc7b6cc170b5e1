import { useMutation } from '@tanstack/react-query'
import { Form } from 'antd'
import { useRef, useState } from 'react'
import { answer, api } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import '../reach/reach.css'
import type { StepProps } from './fill'
import { Next } from './next'

/** A one-inch photo. What is wrong with one is said rule by rule; it can come later, too. */
export function Photo({ filling, next }: StepProps) {
  const { t } = useWords()
  const field = useRef<HTMLInputElement>(null)
  const [sent, setSent] = useState(0)
  const path = `/v1/me/registration-drafts/${filling.id}/photo`
  const send = useMutation({
    mutationFn: (file: File) =>
      answer(
        api.PUT('/v1/me/registration-drafts/{id}/photo', {
          params: { path: { id: filling.id } },
          // The file is the body as it is; the description says so by the word for any bytes, a string.
          body: file as unknown as string,
          bodySerializer: (body) => body as unknown as Blob,
          headers: { 'Content-Type': file.type || 'image/jpeg' },
        }),
      ),
    onSuccess: () => {
      filling.tell({ photo: true })
      setSent(Date.now())
    },
    onSettled: () => {
      if (field.current) field.current.value = ''
    },
  })
  return (
    <Form className="sheet stack" onFinish={next}>
      <p className="quiet">{t('web.registration.photo_lead')}</p>
      {filling.photo ? (
        // What stands behind the # has the browser ask again once another was sent.
        <img src={`${path}#${sent}`} alt={t('web.reach.photo')} className="portrait" />
      ) : (
        <p>{t('web.registration.photo_none')}</p>
      )}
      <div className="row">
        <label className="choose">
          {t(
            send.isPending ? 'web.reach.sending' : filling.photo ? 'web.reach.another_photo' : 'web.reach.choose_photo',
          )}
          <input
            ref={field}
            type="file"
            accept="image/jpeg,image/png"
            className="visually-hidden"
            disabled={send.isPending}
            onChange={(e) => e.target.files?.[0] && send.mutate(e.target.files[0])}
          />
        </label>
        <span role="status">{send.isSuccess && t('web.registration.photo_kept')}</span>
      </div>
      {send.error && <Trouble error={send.error} />}
      <div>
        <Next />
      </div>
    </Form>
  )
}
