import { Button } from 'antd'
import type { Schema } from '../../api/client'
import { Facts } from '../../shell/facts'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Fee, Places, Refund } from '../offered/terms'
import type { Filling } from './draft'

type Class = Schema['OfferedView']

interface Props {
  offered: Class[]
  filling: Filling
  busy: boolean
  take: (c: Class) => void
  giveUp: () => void
}

/** Classes that are offered, with what they cost and when they are held. Choosing one keeps a place in it. */
export function Classes({ offered, filling, busy, take, giveUp }: Props) {
  const { t, lang } = useWords()
  const { contents, place } = filling
  return (
    <section className="sheet stack" aria-labelledby="classes">
      <h2 id="classes">{t('web.registration.class')}</h2>
      {contents.class && (
        <div className={`alert ${place ? 'good' : 'warn'} stack close`} role="status">
          <p>
            {place
              ? t('web.registration.taken', { until: moment(lang, place.held_until) })
              : t('web.registration.taken_over')}
          </p>
          <div>
            <Button size="small" disabled={busy} onClick={giveUp}>
              {t('web.registration.give_up')}
            </Button>
          </div>
        </div>
      )}
      {offered.length === 0 && <p className="quiet">{t('web.registration.no_classes')}</p>}
      {offered.map((c) => (
        <One key={c.id} of={c} mine={place?.class === c.id} busy={busy} take={() => take(c)} />
      ))}
    </section>
  )
}

function One({ of, mine, busy, take }: { of: Class; mine: boolean; busy: boolean; take: () => void }) {
  const { t } = useWords()
  const open = of.enrolment === 'open'
  return (
    <article className="inset stack close" data-class={of.id}>
      <div className="row apart">
        <h3>{of.name}</h3>
        <Places of={of} />
      </div>
      <p className="quiet">{of.institution.name}</p>
      <Facts
        of={[
          [t('web.offered.dates'), t('web.classes.from_to', { from: of.starts_on, to: of.ends_on })],
          [t('web.offered.costs'), <Fee key="fee" offer={of.offer} />],
          [t('web.offered.schedule'), of.offer.schedule],
          [t('web.offered.venue'), of.offer.venue],
          [t('web.offered.refund'), <Refund key="refund" offer={of.offer} />],
        ]}
      />
      <div>
        <Button
          disabled={mine || busy || !open}
          onClick={take}
          aria-label={`${t('web.registration.take')}: ${of.name}`}
        >
          {t('web.registration.take')}
        </Button>
      </div>
    </article>
  )
}
