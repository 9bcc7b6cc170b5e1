import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Typography } from 'antd'
import { useState } from 'react'
import { answer, api } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import type { Class } from '../classes/classes'

/** A code in groups of four, as it is read aloud. */
export const grouped = (code: string) => code.replace(/(.{4})(?=.)/g, '$1-')

/** The code of a sponsored class; or, before there is one, the sponsor's agreement, which it comes with. */
export function Code({ of }: { of: Class }) {
  const { t, lang } = useWords()
  const queries = useQueryClient()
  const [renewing, setRenewing] = useState(false)
  const news = () => {
    void queries.invalidateQueries({ queryKey: ['sponsored'] })
    void queries.invalidateQueries({ queryKey: ['classes'] })
  }
  const agree = useMutation({
    mutationFn: () => answer(api.POST('/v1/classes/{id}/agreement', { params: { path: { id: of.id } } })),
    onSuccess: news,
  })
  const renew = useMutation({
    mutationFn: (body: { reason: string }) =>
      answer(api.POST('/v1/classes/{id}/order-code', { params: { path: { id: of.id } }, body })),
    onSuccess: () => {
      setRenewing(false)
      news()
    },
  })
  if (!of.sponsor?.agreed_at) {
    return (
      <div className="stack close">
        <p>{t('web.sponsored.agreement')}</p>
        {agree.error && <Trouble error={agree.error} />}
        <div className="row">
          <Button type="primary" loading={agree.isPending} onClick={() => agree.mutate()}>
            {t('web.sponsored.agree')}
          </Button>
        </div>
      </div>
    )
  }
  const code = of.sponsor.order_code
  if (!code) return null
  return (
    <div className="stack close">
      <div className="row">
        <span className="quiet">{t('web.sponsored.code')}</span>
        <Typography.Text strong copyable={{ text: code, tooltips: false }}>
          {grouped(code)}
        </Typography.Text>
        {of.state !== 'closed' && !renewing && (
          <Button size="small" onClick={() => setRenewing(true)}>
            {t('web.sponsored.renew')}
          </Button>
        )}
      </div>
      <Typography.Text
        copyable={{ text: `${location.origin}/app/my-registration?code=${code}`, tooltips: false }}
        className="small"
      >
        {t('web.sponsored.link')}
      </Typography.Text>
      <p className="quiet small">
        {t('web.sponsored.code_means')} {t('web.sponsored.agreed', { at: moment(lang, of.sponsor.agreed_at) })}
      </p>
      {renewing && (
        <Form name="renew" layout="vertical" onFinish={(given: { reason: string }) => renew.mutate(given)}>
          <p>{t('web.sponsored.renew_means')}</p>
          <ReasonField rows={2} />
          {renew.error && <Trouble error={renew.error} />}
          <div className="row">
            <Button type="primary" htmlType="submit" loading={renew.isPending}>
              {t('web.sponsored.renew')}
            </Button>
            <Button onClick={() => setRenewing(false)}>{t('web.sponsored.leave')}</Button>
          </div>
        </Form>
      )}
    </div>
  )
}
