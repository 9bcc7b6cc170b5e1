import { useMutation, useQuery } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { Coming } from '../../shell/arrived'
import { Trouble } from '../../shell/notes'
import { Waiting } from '../../shell/waiting'
import { useWords } from '../../words/words'
import { Agreement } from './agreement'
import type { Change, Filling } from './draft'

type Ordered = Schema['OrderCodeOutputBody']

export const lookUp = (code: string) => answer(api.POST('/v1/order-codes/lookup', { body: { code } }))

/** The class of a code that an employer gave out, and what is consented to with it. */
export const useOrder = (code: string | undefined) =>
  useQuery({ queryKey: ['order', code], enabled: Boolean(code), queryFn: () => lookUp(code ?? '') })

/** What a class that came with a code settles of a registration; what was consented to before is not for this one. */
export const settledBy = (of: Ordered['class'], code: string) =>
  ({
    order_code: code,
    sponsor_consent: undefined,
    occupation: of.occupation.code,
    direction: of.direction?.code,
    level: of.level.code,
    training_body: of.institution.id,
    class: undefined,
    class_offer: undefined,
  }) satisfies Change

/** Where somebody says which code their employer gave them. A place that was kept in another class is given up. */
export function OrderCode({ filling }: { filling: Filling }) {
  const { t } = useWords()
  const take = useMutation({
    mutationFn: async (code: string) => {
      const found = await lookUp(code)
      if (filling.place)
        await answer(api.DELETE('/v1/me/registration-drafts/{id}/place', { params: { path: { id: filling.id } } }))
      return { code, found }
    },
    onSuccess: ({ code, found }) => {
      filling.tell({ place: undefined })
      filling.change(settledBy(found.class, code))
    },
  })
  return (
    <details className="sheet">
      <summary>{t('web.registration.order_have')}</summary>
      <Form
        className="stack close"
        name="order"
        layout="vertical"
        requiredMark={false}
        onFinish={({ code }: { code: string }) => take.mutate(code.trim())}
      >
        <p className="quiet">{t('web.registration.order_lead')}</p>
        <Form.Item
          name="code"
          label={t('web.registration.order_code')}
          rules={[{ required: true, whitespace: true, message: t('web.resolve.missing') }]}
        >
          <Input autoComplete="off" autoCapitalize="characters" spellCheck={false} maxLength={40} />
        </Form.Item>
        {take.error && <Trouble error={take.error} />}
        <Button htmlType="submit" loading={take.isPending}>
          {t('web.registration.order_find')}
        </Button>
      </Form>
    </details>
  )
}

/** The class that a registration comes to by a code. */
export function OrderedClass({ filling }: { filling: Filling }) {
  const { t } = useWords()
  const order = useOrder(filling.contents.order_code)
  if (order.isPending) return <Waiting rows={3} />
  const drop = () => filling.change({ order_code: undefined, sponsor_consent: undefined, training_body: undefined })
  return (
    <section className="sheet stack close" data-order={order.data?.class.id}>
      {order.error ? (
        <Trouble error={order.error} again={() => void order.refetch()} />
      ) : (
        <Comes to={order.data.class} />
      )}
      <div>
        <Button onClick={drop}>{t('web.registration.order_drop')}</Button>
      </div>
    </section>
  )
}

function Comes({ to }: { to: Ordered['class'] }) {
  const { t } = useWords()
  return (
    <>
      <h2>{to.name}</h2>
      <p>{t('web.registration.order_class', { employer: to.sponsor?.employer.name ?? '', class: to.name })}</p>
      <p className="quiet">
        {to.occupation.name} · {to.level.name} · {to.institution.name}
      </p>
      <p className="quiet">{t('web.classes.from_to', { from: to.starts_on, to: to.ends_on })}</p>
    </>
  )
}

/** That the employer may see how the training goes: asked of who comes by its code. */
export function SponsorAgreement({ filling }: { filling: Filling }) {
  const { t } = useWords()
  const order = useOrder(filling.contents.order_code)
  if (!order.data) return <Coming of={order} rows={3} />
  const { consent, consent_version: version } = order.data
  return (
    <Agreement
      to={{ kind: 'sponsor', title: t('web.registration.order_consent'), text: [consent], version }}
      agreed={filling.contents.sponsor_consent === version}
      onTick={(yes) => filling.change({ sponsor_consent: yes ? version : undefined })}
    />
  )
}
