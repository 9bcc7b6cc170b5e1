import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form } from 'antd'
import { useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { Arrived } from '../../shell/arrived'
import { Aside } from '../../shell/aside'
import { Ending } from '../../shell/ending'
import { type Fact, Facts } from '../../shell/facts'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Bookings } from './bookings'
import { asFields, PlanFields, said } from './plan'
import { State, Target } from './sittings'

type Detail = Schema['SittingDetailOutputBody']

/** One sitting: who booked it, and what can be done about it. That somebody looked is written down. */
export function SittingDetail({ id, onClose }: { id: string; onClose: () => void }) {
  const { t, lang } = useWords()
  const shown = useQuery({
    queryKey: ['sittings', 'one', id],
    queryFn: () => answer(api.GET('/v1/sittings/{id}', { params: { path: { id } } })),
    staleTime: 60_000,
  })
  return (
    <Aside onClose={onClose} title={shown.data ? moment(lang, shown.data.starts_at) : t('web.sittings.one')}>
      <Arrived of={shown}>{(data) => <Shown of={data} />}</Arrived>
    </Aside>
  )
}

function Shown({ of }: { of: Detail }) {
  const { t, lang } = useWords()
  const facts: Fact[] = [
    [t('web.sittings.ref'), of.ref],
    [t('web.sittings.target'), <Target key="target" of={of} />],
    [t('web.sittings.time'), `${moment(lang, of.starts_at)} – ${moment(lang, of.ends_at)}`],
    [t('web.sittings.venue'), of.venue],
    [t('web.sittings.book_until'), moment(lang, of.book_until)],
    [
      t('web.sittings.places'),
      t('web.sittings.places_left', { n: of.capacity - of.places_left, capacity: of.capacity, left: of.places_left }),
    ],
    [t('web.sittings.state'), <State key="state" of={of} />],
    [t('web.sittings.notes'), of.notes],
    [t('web.sittings.moved'), of.moved_at && `${moment(lang, of.moved_at)} · ${of.move_reason ?? ''}`],
    [t('web.sittings.cancelled'), of.cancelled_at && `${moment(lang, of.cancelled_at)} · ${of.cancel_reason ?? ''}`],
  ]
  const ahead = !of.cancelled_at && of.now < of.starts_at
  const goesOn = !of.cancelled_at && of.now < of.ends_at
  const booked = of.bookings.filter((b) => b.live).length
  return (
    <div className="stack">
      <Facts of={facts} />
      <Bookings of={of} />
      {ahead && <Revision of={of} booked={booked} />}
      {goesOn && (
        <Ending
          title={t('web.sittings.cancel')}
          means={booked > 0 ? t('web.sittings.cancel_means', { n: booked }) : t('web.sittings.cancel_nobody')}
          end={(reason) =>
            answer(api.POST('/v1/sittings/{id}/cancellation', { params: { path: { id: of.id } }, body: { reason } }))
          }
          list="sittings"
        />
      )}
    </div>
  )
}

type Given = Schema['SittingRevisionBody']

/** What may change of a sitting, changed with a reason. Whoever booked one that is moved is told. */
function Revision({ of, booked }: { of: Detail; booked: number }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [form] = Form.useForm<Given>()
  const [open, setOpen] = useState(false)
  const revise = useMutation({
    mutationFn: (given: Given) =>
      answer(api.POST('/v1/sittings/{id}/revision', { params: { path: { id: of.id } }, body: said(given) })),
    onError: (error) => putFaults(form, error),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['sittings'] })
      setOpen(false)
    },
  })
  if (!open) {
    return (
      <div>
        <Button onClick={() => setOpen(true)}>{t('web.sittings.revise')}</Button>
      </div>
    )
  }
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={asFields(of)}
      onFinish={(given: Given) => revise.mutate(given)}
    >
      <h2>{t('web.sittings.revise')}</h2>
      {booked > 0 && <p className="alert warn">{t('web.sittings.revise_means', { n: booked })}</p>}
      <PlanFields />
      <ReasonField rows={2} />
      {revise.error && <Trouble error={revise.error} />}
      <div className="row">
        <Button type="primary" htmlType="submit" loading={revise.isPending}>
          {t('web.sittings.save')}
        </Button>
        <Button onClick={() => setOpen(false)}>{t('web.sittings.leave_it')}</Button>
      </div>
    </Form>
  )
}
