import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Beside, type Chosen, type Row } from '../../list/beside'
import { Arrived } from '../../shell/arrived'
import { useWords } from '../../words/words'
import { offeredQuery } from '../offered/queries'
import { Fee, Places } from '../offered/terms'
import { Base, Levels, Suspended } from './listed'
import { directoryQuery, type Found } from './queries'
import { Published } from './supervised'

/** Institutions side by side, as they are listed now. */
export function CompareInstitutions({ among }: { among: Chosen }) {
  const { t, lang } = useWords()
  const all = useQuery(directoryQuery(lang, {}))
  const rows: Row<Found>[] = [
    [t('web.finding.standing'), (of) => (of.suspended_since ? <Suspended of={of} /> : t('web.finding.in_standing'))],
    [t('web.finding.training'), (of) => <ListedFor what="training" of={of} />],
    [t('web.finding.evaluation'), (of) => <ListedFor what="evaluation" of={of} />],
    [t('web.finding.ce_base'), (of) => (of.ce_base ? <Base of={of.ce_base} /> : '—')],
    [t('web.finding.joinable'), (of) => (of.classes ? <Joinable of={of} /> : t('web.finding.joinable_none'))],
    [
      t('web.finding.rated'),
      (of) => (of.rating ? t('web.finding.rating', { ...of.rating }) : t('web.finding.rated_by_few')),
    ],
    [t('web.offered.supervision'), (of) => <Published id={of.id} />],
    [t('web.finding.district'), (of) => of.district?.name ?? t('web.finding.no_district')],
  ]
  return (
    <Arrived of={all}>
      {({ institutions }) => {
        const of = among.ids.flatMap((id) => institutions.find((f) => f.id === id) ?? [])
        const gone = among.ids.length - of.length
        return (
          <Beside
            heading={t('web.finding.compare', { n: of.length })}
            among={among}
            of={of}
            head={(f) => f.name}
            rows={rows}
          >
            {gone > 0 && <p className="alert warn">{t('web.finding.unlisted', { n: gone })}</p>}
            <p className="quiet small">{t('web.finding.no_contacts')}</p>
          </Beside>
        )
      }}
    </Arrived>
  )
}

/** The occupations and levels that an institution is listed for in one role. */
function ListedFor({ what, of }: { what: string; of: Found }) {
  const roles = of.roles.filter((r) => r.role.code === what)
  if (roles.length === 0) return '—'
  return (
    <ul className="plain stack close tight">
      {roles.map((r) => (
        <li key={r.occupation.code + r.level?.code}>
          {r.occupation.name} · <Levels of={r} />
        </li>
      ))}
    </ul>
  )
}

/** So many classes of an institution are named; the calendar has all. */
const few = 4

/** The classes of an institution that can be joined: what each costs, and how many places are left. */
function Joinable({ of }: { of: Found }) {
  const { t } = useWords()
  const classes = useQuery(offeredQuery({ institution: of.id }))
  return (
    <div className="stack close">
      <Arrived of={classes} rows={3}>
        {(offered) => (
          <ul className="plain stack close">
            {offered.classes.slice(0, few).map((c) => (
              <li key={c.id} className="stack close tight">
                <Link to="/classes-offered/$id" params={{ id: c.id }}>
                  {c.name}
                </Link>
                <span>
                  <Fee offer={c.offer} />
                </span>
                <span>
                  <Places of={c} />
                </span>
                {c.offer.venue && <span className="quiet small">{c.offer.venue}</span>}
              </li>
            ))}
          </ul>
        )}
      </Arrived>
      <Link to="/class-calendar" search={{ institution: of.id }}>
        {t('web.finding.classes', { n: of.classes })}
        <span className="visually-hidden"> {of.name}</span>
      </Link>
    </div>
  )
}
