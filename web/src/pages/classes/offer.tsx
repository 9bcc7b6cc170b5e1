import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Form, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { Facts } from '../../shell/facts'
import { Trouble } from '../../shell/notes'
import { within } from '../../shell/within'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Fee, Refund } from '../offered/terms'
import type { Detail } from './detail'

type Given = Omit<Schema['OfferBody'], 'fee_fen'> & { fee_yuan?: number | null }

/** What a class offers the public, and how that is changed. */
export function Offer({ of }: { of: Detail }) {
  const { t, lang } = useWords()
  const [open, setOpen] = useState(false)
  const { offer } = of
  return (
    <section className="stack close">
      <h2>{t('web.offered.say')}</h2>
      <p className="quiet small">{t('web.offered.say_lead')}</p>
      {offer && (
        <>
          <p className="row">
            <span className={offer.offered ? 'mark good' : 'mark'}>
              {offer.offered ? t('web.offered.shown') : t('web.offered.hidden')}
            </span>
            <span className="quiet small">
              {t('web.offered.said', { n: offer.revision, at: moment(lang, offer.said_at) })}
            </span>
          </p>
          <Facts
            of={[
              [t('web.offered.costs'), <Fee key="fee" offer={offer} />],
              [t('web.offered.refund'), <Refund key="refund" offer={offer} />],
              [t('web.offered.schedule'), offer.schedule || t('web.offered.unsaid')],
              [t('web.offered.venue'), offer.venue || t('web.offered.unsaid')],
            ]}
          />
        </>
      )}
      {of.state !== 'closed' && !open && (
        <div>
          <Button onClick={() => setOpen(true)}>{t('web.offered.change')}</Button>
        </div>
      )}
      {open && <Saying of={of} onClose={() => setOpen(false)} />}
    </section>
  )
}

/** What a step may end at, besides the first day. */
const shares = ['1/4', '1/3', '1/2', '2/3']

function Saying({ of, onClose }: { of: Detail; onClose: () => void }) {
  const { t, name, codes } = useWords()
  const queries = useQueryClient()
  const say = useMutation({
    mutationFn: ({ fee_yuan, ...given }: Given) =>
      answer(
        api.POST('/v1/classes/{id}/offer', {
          params: { path: { id: of.id } },
          body: filled({ ...given, fee_fen: fee_yuan == null ? undefined : Math.round(fee_yuan * 100) }),
        }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['classes'] })
      onClose()
    },
  })
  const needed = [{ required: true, whitespace: true, message: t('web.resolve.missing') }]
  const chosen = (family: 'class_study' | 'class_delivery') =>
    codes(family).map((code) => ({ value: code, label: name(family, code) }))
  const { fee_fen, ...before } = of.offer ?? { offered: true, refund: [{ until: 'start', percent: 100 }] }
  return (
    <Form<Given>
      layout="vertical"
      requiredMark={false}
      initialValues={{ ...before, fee_yuan: fee_fen === undefined ? undefined : fee_fen / 100, reason: '' }}
      onFinish={(given) => say.mutate(given)}
    >
      <Form.Item name="offered" valuePropName="checked">
        <Checkbox>{t('web.offered.offered')}</Checkbox>
      </Form.Item>
      <Form.Item name="fee_yuan" label={t('web.offered.fee_yuan')} extra={t('web.offered.fee_hint')}>
        <InputNumber min={0} max={100_000} precision={2} />
      </Form.Item>
      <Form.List name="refund">
        {(steps, { add, remove }) => (
          <fieldset className="offer-steps">
            <legend>{t('web.offered.refund')}</legend>
            <p className="quiet small">{t('web.offered.refund_hint')}</p>
            {steps.map((step, i) => (
              <div key={step.key} className="row">
                <Form.Item name={[step.name, 'until']} label={t('web.offered.refund_until')} rules={needed}>
                  <Select
                    getPopupContainer={within}
                    popupMatchSelectWidth={false}
                    options={[
                      { value: 'start', label: t('web.offered.until_start') },
                      ...shares.map((share) => ({ value: share, label: t('web.offered.until_share', { share }) })),
                    ]}
                  />
                </Form.Item>
                <Form.Item
                  name={[step.name, 'percent']}
                  label={t('web.offered.refund_percent')}
                  rules={[{ required: true, message: t('web.resolve.missing') }]}
                >
                  <InputNumber min={0} max={100} precision={0} />
                </Form.Item>
                {i === steps.length - 1 && (
                  <Button onClick={() => remove(step.name)}>{t('web.offered.refund_remove')}</Button>
                )}
              </div>
            ))}
            {steps.length < 6 && <Button onClick={() => add()}>{t('web.offered.refund_add')}</Button>}
          </fieldset>
        )}
      </Form.List>
      <Form.Item name="refund_terms" label={t('web.offered.refund_terms')}>
        <Input.TextArea rows={2} maxLength={1000} />
      </Form.Item>
      <Form.Item name="schedule" label={t('web.offered.schedule')}>
        <Input.TextArea rows={2} maxLength={500} />
      </Form.Item>
      <Form.Item name="venue" label={t('web.offered.venue')}>
        <Input maxLength={200} />
      </Form.Item>
      <div className="pair">
        <Form.Item name="study" label={t('web.offered.study')}>
          <Select allowClear getPopupContainer={within} options={chosen('class_study')} />
        </Form.Item>
        <Form.Item name="delivery" label={t('web.offered.delivery')}>
          <Select allowClear getPopupContainer={within} options={chosen('class_delivery')} />
        </Form.Item>
      </div>
      <Form.Item name="enrol_until" label={t('web.offered.enrol_until')}>
        <Input type="date" />
      </Form.Item>
      <Form.Item name="reason" label={t('web.resolve.reason')} rules={needed}>
        <Input maxLength={500} />
      </Form.Item>
      {say.error && <Trouble error={say.error} />}
      <div className="row">
        <Button type="primary" htmlType="submit" loading={say.isPending}>
          {t('web.classes.save')}
        </Button>
        <Button onClick={onClose}>{t('web.classes.cancel')}</Button>
      </div>
    </Form>
  )
}

/** What was filled in: a field that was left empty is not said. */
function filled(given: Record<string, unknown>): Schema['OfferBody'] {
  const said = Object.entries(given).filter(([, value]) => value !== undefined && value !== null && value !== '')
  return Object.fromEntries(said) as Schema['OfferBody']
}
