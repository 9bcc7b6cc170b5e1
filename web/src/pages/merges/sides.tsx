import { Link } from '@tanstack/react-router'
import type { Schema } from '../../api/client'
import { Wide } from '../../shell/wide'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

type Look = Schema['MergeLookView']
type Side = Schema['MergeSideView']

/** Two records side by side, what both come to together, and what keeps them from being one person. */
export function Sides({ look }: { look: Look }) {
  const { t } = useWords()
  return (
    <div className="stack">
      <Obstacles all={look.obstacles} />
      <Wide>
        <table>
          <caption className="small quiet">{t('web.merges.compare')}</caption>
          <thead>
            <tr>
              <td />
              <th scope="col">{t('web.merges.kept')}</th>
              <th scope="col">{t('web.merges.merged')}</th>
            </tr>
          </thead>
          <tbody>
            <Row name={t('web.merges.records')} of={look} cell={(side) => <Records side={side} />} />
            <Row name={t('web.merges.cases')} of={look} cell={(side) => <Cases side={side} />} />
            <Row name={t('web.place.certificates')} of={look} cell={(side) => <Certificates side={side} />} />
            <Row name={t('web.merges.courses')} of={look} cell={(side) => String(side.courses)} />
            <Row name={t('web.merges.ce')} of={look} cell={(side) => <Years years={side.ce_hours} />} />
            <Row
              name={t('web.merges.account')}
              of={look}
              cell={(side) => t(side.account ? 'web.merges.has_account' : 'web.merges.no_account')}
            />
          </tbody>
        </table>
      </Wide>
      <p>
        {t('web.merges.together')} <Years years={look.together} />
      </p>
      {look.closes_account && <p className="quiet">{t('web.merges.closes')}</p>}
    </div>
  )
}

function Row({ name, of, cell }: { name: string; of: Look; cell: (side: Side) => React.ReactNode }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{cell(of.kept)}</td>
      <td>{cell(of.merged)}</td>
    </tr>
  )
}

function Records({ side }: { side: Side }) {
  const { t, lang } = useWords()
  return side.records.map((record) => (
    <p key={record.id_number_masked + record.created_at}>
      {record.name_masked}
      <br />
      {record.id_type.name} <span className="nowrap">{record.id_number_masked}</span>
      <br />
      <span className="small quiet">{t('web.merges.since', { day: moment(lang, record.created_at) })}</span>
    </p>
  ))
}

function Cases({ side }: { side: Side }) {
  return side.cases.map((c) => (
    <p key={c.id}>
      <Link to="/cases/$id" params={{ id: c.id }}>
        {c.occupation.name} {c.level.name}
      </Link>
      <br />
      <span className="small quiet">{c.outcome_name ?? c.stage_name}</span>
    </p>
  ))
}

function Certificates({ side }: { side: Side }) {
  return side.certificates.length
    ? side.certificates.map((c) => (
        <p key={c.id}>
          <Link to="/certificates/$id" params={{ id: c.id }}>
            {c.name} {c.number}
          </Link>
        </p>
      ))
    : '—'
}

function Years({ years }: { years: Schema['MergeYearView'][] }) {
  const { t } = useWords()
  return years.length ? years.map((y) => t('web.merges.year', { year: y.year, hours: y.hours })).join('；') : '—'
}

/** Why two records cannot be one as they stand, and where that is. */
function Obstacles({ all }: { all: Schema['ObstacleView'][] }) {
  const { t } = useWords()
  if (!all.length) return null
  return (
    <div className="alert warn" role="alert">
      <p>{t('web.merges.in_the_way')}</p>
      <ul>
        {all.map((o) => (
          <li key={JSON.stringify(o)}>
            {o.date && `${o.date} `}
            {o.kept_institution && o.merged_institution && `${o.kept_institution.name} / ${o.merged_institution.name} `}
            {o.name}
            {[o.kept_case, o.merged_case].map(
              (id, n) =>
                id && (
                  <span key={id}>
                    {' · '}
                    <Link to="/cases/$id" params={{ id }}>
                      {t(n ? 'web.merges.merged' : 'web.merges.kept')}
                    </Link>
                  </span>
                ),
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}
