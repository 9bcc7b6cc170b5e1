import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Popconfirm } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

type Own = Schema['CaseSittingsOutputBody']
type Sitting = Schema['SittingView']
type Act = { book: string } | { fee: 'kept' | 'refunded' } | 'leave'

/** The sitting that the trainee has booked, and those that they can. Nothing where their body makes none. */
export function OwnSitting({ caseID }: { caseID: string }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const key = ['case', caseID, 'sittings']
  const params = { path: { id: caseID } }
  const shown = useQuery({
    queryKey: key,
    queryFn: () => answer(api.GET('/v1/cases/{id}/sittings', { params })),
  })
  const act = useMutation({
    mutationFn: (doing: Act) =>
      doing === 'leave'
        ? answer(api.POST('/v1/cases/{id}/sitting/giving-up', { params }))
        : 'book' in doing
          ? answer(api.POST('/v1/cases/{id}/sitting', { params, body: { sitting: doing.book } }))
          : answer(api.POST('/v1/cases/{id}/sitting/fee', { params, body: doing })),
    onSuccess: (after) => queries.setQueryData(key, after),
    onError: () => void queries.invalidateQueries({ queryKey: key }),
  })
  if (shown.error) return <Trouble error={shown.error} again={() => void shown.refetch()} />
  const of = shown.data
  if (!of?.door_checks || !(of.booked || of.taken || of.choices.length > 0 || of.door_checks.length > 0)) return null
  const busy = act.isPending
  return (
    <section className="sheet stack sitting" aria-labelledby="own-sitting">
      <h2 id="own-sitting">{t('web.sittings.own')}</h2>
      {act.error && <Trouble error={act.error} />}
      <Checks of={of} />
      {of.booked && <Booked of={of.booked} busy={busy} act={act.mutate} />}
      {of.taken && <Taken of={of.taken} busy={busy} act={act.mutate} />}
      <Choices of={of} busy={busy} act={act.mutate} />
    </section>
  )
}

interface Acting<T> {
  of: T
  busy: boolean
  act: (doing: Act) => void
}

function When({ of }: { of: Sitting }) {
  const { lang } = useWords()
  return (
    <>
      <p className="standing">
        {moment(lang, of.starts_at)} – {moment(lang, of.ends_at)}
      </p>
      <p>{of.venue}</p>
      {of.notes && <p className="quiet">{of.notes}</p>}
    </>
  )
}

function Booked({ of, busy, act }: Acting<Schema['BookedView']>) {
  const { t, lang } = useWords()
  const until = moment(lang, of.sitting.book_until)
  return (
    <div className="step stack close">
      <h3>{t(of.agreed ? 'web.sittings.yours' : 'web.sittings.yours_moved')}</h3>
      {!of.agreed && of.was_at && (
        <p className="alert warn">
          {t('web.sittings.was_at', { at: moment(lang, of.was_at), reason: of.sitting.move_reason ?? '' })}
        </p>
      )}
      <When of={of.sitting} />
      {of.agreed && (
        <p className="quiet small">
          {t(of.may_leave ? 'web.sittings.may_leave' : 'web.sittings.no_leave', { at: until })}
        </p>
      )}
      <div className="row">
        {!of.agreed && (
          <Button type="primary" loading={busy} onClick={() => act({ book: of.sitting.id })}>
            {t('web.sittings.agree')}
          </Button>
        )}
        {of.may_leave && (
          <Popconfirm
            title={t('web.sittings.give_up_sure')}
            okText={t('web.sittings.give_up')}
            onConfirm={() => act('leave')}
          >
            <Button disabled={busy}>{t('web.sittings.give_up')}</Button>
          </Popconfirm>
        )}
      </div>
    </div>
  )
}

function Taken({ of, busy, act }: Acting<Schema['TakenView']>) {
  const { t, lang } = useWords()
  const { sitting } = of
  return (
    <div className="alert stack close">
      <strong>{of.how.name}</strong>
      <p>
        {[moment(lang, sitting.starts_at), sitting.venue, sitting.cancel_reason ?? sitting.move_reason]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <p className="quiet">{t('web.sittings.not_an_attempt')}</p>
      {of.fee && <p>{of.fee.name}</p>}
      {of.chooses && (
        <>
          <p>{t('web.sittings.fee_ask')}</p>
          <div className="row">
            <Button disabled={busy} onClick={() => act({ fee: 'kept' })}>
              {t('web.sittings.fee_keep')}
            </Button>
            <Button disabled={busy} onClick={() => act({ fee: 'refunded' })}>
              {t('web.sittings.fee_refund')}
            </Button>
          </div>
        </>
      )}
    </div>
  )
}

function Choices({ of, busy, act }: Acting<Own>) {
  const { t, lang } = useWords()
  if (!of.asked || of.booked?.may_leave === false) return null
  return (
    <div className="stack close">
      <h3>{t(of.booked ? 'web.sittings.others' : 'web.sittings.choose')}</h3>
      {of.choices.length === 0 && <p className="quiet">{t('web.sittings.no_choice')}</p>}
      {of.choices.map((one) => (
        <div key={one.id} className="step stack close">
          <When of={one} />
          <p className="quiet small">
            {t('web.sittings.choice_facts', { left: one.places_left, at: moment(lang, one.book_until) })}
          </p>
          <div>
            <Button
              type={of.booked ? 'default' : 'primary'}
              disabled={busy || one.places_left === 0}
              onClick={() => act({ book: one.id })}
            >
              {t(one.places_left === 0 ? 'web.sittings.full' : of.booked ? 'web.sittings.change' : 'web.sittings.book')}
            </Button>
          </div>
        </div>
      ))}
    </div>
  )
}

/** What failed at the door, and what came of it. */
function Checks({ of }: { of: Own }) {
  const { t, lang } = useWords()
  return of.door_checks.map((c) => (
    <div key={c.id} className="alert stack close">
      <strong>
        {c.outcome.name} · {c.ground.name}
      </strong>
      {c.accepted !== undefined ? (
        <p>
          {[t(c.accepted ? 'web.sittings.accepted' : 'web.sittings.refused'), c.reason].filter(Boolean).join(' · ')}
        </p>
      ) : (
        c.due_at && <p>{t('web.sittings.held_until', { at: moment(lang, c.due_at) })}</p>
      )}
    </div>
  ))
}
