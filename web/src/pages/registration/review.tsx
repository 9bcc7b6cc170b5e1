import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy, Suspense, useRef } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { Failure } from '../../api/failure'
import { Trouble } from '../../shell/notes'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { type Facts, factsOf } from '../casework/applicant'
import { oneOffered } from '../offered/queries'
import type { Filling, Step } from './draft'
import type { StepProps } from './fill'
import { useKnown } from './identity'
import { useOrder } from './order'
import { Named } from './registration'
import { printed } from './residentid'
import { useBodies } from './usebodies'

const Claiming = lazy(() => import('../claims/claiming').then((m) => ({ default: m.Claiming })))

/** Where each field of a registration is filled in, by what the name of the field begins with. */
const places: [string, Step][] = [
  ['occupation', 'target'],
  ['direction', 'target'],
  ['level', 'target'],
  ['applicant', 'about'],
  ['class', 'choice'],
  ['training_body', 'choice'],
  ['evaluation_body', 'choice'],
  ['name', 'identity'],
  ['id_', 'identity'],
  ['contacts', 'contacts'],
  ['district', 'contacts'],
  ['consents', 'consents'],
  ['order_code', 'target'],
  ['sponsor_consent', 'consents'],
]

function requestOf({ id, contents: c, place }: Filling, known: boolean): Schema['RegistrationBody'] {
  const { phone, email, address } = c.contacts ?? {}
  const contacts = Object.fromEntries(Object.entries({ phone, email, address }).filter(([, v]) => v?.trim()))
  return {
    occupation: c.occupation ?? '',
    level: c.level ?? '',
    training_body: c.training_body ?? '',
    evaluation_body: c.evaluation_body ?? '',
    applicant: factsOf((c.applicant ?? {}) as Facts),
    consents: c.consents ?? [],
    draft: id,
    ...(c.direction ? { direction: c.direction } : {}),
    ...(c.district ? { district: c.district } : {}),
    ...(c.class ? { class: c.class, class_offer: place?.class_offer ?? c.class_offer ?? 0 } : {}),
    ...(c.order_code ? { order_code: c.order_code } : {}),
    ...(c.order_code && c.sponsor_consent ? { sponsor_consent: c.sponsor_consent } : {}),
    ...(Object.keys(contacts).length ? { contacts } : {}),
    ...(known ? {} : whoIs(c)),
  }
}

/** Who somebody says they are. */
function whoIs(c: Filling['contents']) {
  return {
    name: c.name ?? '',
    id_number: c.id_number ?? '',
    id_type: (c.id_type ?? 'resident_id') as NonNullable<Schema['RegistrationBody']['id_type']>,
    ...(c.id_type === 'passport' && c.id_country ? { id_country: c.id_country } : {}),
  }
}

/** All that will be sent, to be looked over; what the server finds wrong leads to where it is put right. */
export function Review({ filling, go }: StepProps) {
  const { t, lang, name } = useWords()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const known = useKnown()
  const bodies = useBodies(filling.contents.occupation)
  const order = useOrder(filling.contents.order_code)
  const held = useQuery({ ...oneOffered(filling.contents.class ?? ''), enabled: Boolean(filling.place) })
  // However often it is sent, it is registered once.
  const once = useRef(crypto.randomUUID())
  const send = useMutation({
    mutationFn: async () => {
      await filling.flush()
      return answer(
        api.POST('/v1/cases', {
          params: { header: { 'Idempotency-Key': once.current } },
          body: requestOf(filling, known.data === true),
        }),
      )
    },
    onSuccess: async ({ id, taken_up }) => {
      await navigate({ to: '/cases/$id', params: { id }, search: taken_up ? { taken: 'up' } : {}, replace: true })
      void queries.invalidateQueries({ queryKey: ['my'] })
    },
    onError: () => {
      once.current = crypto.randomUUID()
    },
  })
  const c = filling.contents
  const none = t('web.registration.missing')
  const lines: [Step, string, React.ReactNode][] = [
    ['target', t('web.registration.step.target'), <Named key="named" of={c} />],
    ['about', t('web.registration.step.about'), c.applicant?.category ? name('category', c.applicant.category) : none],
    ['choice', t('web.registration.training_body'), bodies(c.training_body) ?? none],
    ['choice', t('web.registration.evaluation_body'), bodies(c.evaluation_body) ?? none],
    [
      'choice',
      t('web.registration.class'),
      order.data
        ? order.data.class.name
        : filling.place
          ? t('web.registration.class_held', {
              class: held.data?.name ?? '',
              until: moment(lang, filling.place.held_until),
            })
          : t('web.registration.no_class'),
    ],
    ...(known.data
      ? []
      : ([
          ['identity', t('web.registration.name'), c.name ? printed(c.name) : none],
          ['identity', t('web.registration.id_number'), c.id_number ?? none],
        ] as [Step, string, React.ReactNode][])),
    ['photo', t('web.reach.photo'), t(filling.photo ? 'web.registration.yes_photo' : 'web.registration.photo_later')],
    ['contacts', t('web.reach.phone'), c.contacts?.phone ?? none],
    ['contacts', t('web.reach.email'), c.contacts?.email ?? none],
  ]
  const faults = send.error instanceof Failure ? send.error.fields : []
  const placeOf = (field: string) => places.find(([begins]) => field.startsWith(begins))?.[1] ?? 'target'
  return (
    <div className="stack">
      <dl className="sheet review">
        {lines.map(([step, title, value]) => (
          <div key={title} className="review-line">
            <dt>{title}</dt>
            <dd>{value}</dd>
            <dd>
              <Button
                type="link"
                size="small"
                onClick={() => go(step)}
                aria-label={`${t('web.registration.change')}: ${title}`}
              >
                {t('web.registration.change')}
              </Button>
            </dd>
          </div>
        ))}
      </dl>
      {send.error && faults.length === 0 && <Trouble error={send.error} />}
      {send.error instanceof Failure && send.error.code === 'person_claimed' && (
        <Suspense>
          <Claiming who={whoIs(c)} />
        </Suspense>
      )}
      {faults.length > 0 && (
        <div className="alert stack close" role="alert">
          <strong>{t('web.registration.faults')}</strong>
          <ul>
            {faults.map((f) => (
              <li key={f.field}>
                {t(`web.registration.step.${placeOf(f.field)}`)}：{f.message}{' '}
                <Button type="link" size="small" onClick={() => go(placeOf(f.field))}>
                  {t('web.registration.change')}
                </Button>
              </li>
            ))}
          </ul>
        </div>
      )}
      <div>
        <Button
          type="primary"
          size="large"
          loading={send.isPending}
          disabled={filling.saving === 'moved' || known.isPending}
          onClick={() => send.mutate()}
        >
          {t('web.registration.send')}
        </Button>
      </div>
    </div>
  )
}
