import { Form } from 'antd'
import { useState } from 'react'
import { answer, api } from '../../api/client'
import { asBody } from '../../api/file'
import { useWords } from '../../words/words'
import { Portrait } from '../reach/portrait'
import type { StepProps } from './fill'
import { Next } from './next'
import { Proofs } from './proofs'

/** A one-inch photo, and what proves the facts; both can come later, too. */
export function Photo({ filling, next }: StepProps) {
  const { t } = useWords()
  const [sent, setSent] = useState(0)
  const put = async (file: File) => {
    const path = { path: { id: filling.id } }
    await answer(
      api.PUT('/v1/me/registration-drafts/{id}/photo', { params: path, ...asBody(file, file.type || 'image/jpeg') }),
    )
    filling.tell({ photo: true })
    setSent(Date.now())
  }
  return (
    <div className="stack">
      <div className="sheet stack">
        <p className="quiet">{t('web.registration.photo_lead')}</p>
        <Portrait
          src={filling.photo ? `/v1/me/registration-drafts/${filling.id}/photo#${sent}` : undefined}
          none={t('web.registration.photo_none')}
          kept={t('web.registration.photo_kept')}
          put={put}
        />
      </div>
      <Proofs draft={filling.id} />
      <Form onFinish={next}>
        <Next />
      </Form>
    </div>
  )
}
