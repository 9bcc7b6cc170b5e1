import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { answer, api, type Schema } from '../../api/client'
import { PublicFilters } from '../../list/publicfilters'
import { Arrived } from '../../shell/arrived'
import { useOccupations } from '../../shell/catalogue'
import { Note } from '../../shell/notes'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Supervised } from './supervised'

type Found = Schema['FoundView']

/** The institutions of the published lists, found by what they do. */
export function FindInstitutions() {
  const { t, lang, codes, name } = useWords()
  const asked = useSearch({ from: '/outside/find-institutions' })
  const occupations = useOccupations()
  const list = useQuery({
    queryKey: ['institution-directory', lang, asked],
    queryFn: () => answer(api.GET('/v1/institution-directory', { params: { query: asked } })),
    staleTime: 30_000,
    placeholderData: (before) => before,
  })
  return (
    <div className="stack">
      <header className="stack close">
        <h1>{t('web.finding.title')}</h1>
        <p className="quiet">{t('web.finding.lead')}</p>
      </header>
      <PublicFilters
        filters={[
          {
            name: 'role',
            label: t('web.finding.role'),
            value: asked.role,
            options: (['training', 'evaluation', 'ce_base'] as const).map((r) => ({
              value: r,
              label: t(`web.finding.${r}`),
            })),
          },
          {
            name: 'occupation',
            label: t('web.tasks.occupation'),
            value: asked.occupation,
            options: occupations,
          },
          {
            name: 'district',
            label: t('web.finding.district'),
            value: asked.district,
            options: codes('district').map((d) => ({ value: d, label: name('district', d) })),
          },
          { name: 'q', label: t('web.finding.name'), value: asked.q, type: 'search' },
        ]}
      />
      <Arrived of={list}>
        {(data) =>
          data.institutions.length === 0 ? (
            <Note title={t('web.finding.none')}>
              <Link to="/find-institutions">{t('web.finding.all')}</Link>
            </Note>
          ) : (
            <>
              <p className="quiet" role="status">
                {t('web.finding.total', { n: data.institutions.length })}
              </p>
              <ul className="plain stack close">
                {data.institutions.map((f) => (
                  <Card key={f.id} of={f} />
                ))}
              </ul>
            </>
          )
        }
      </Arrived>
    </div>
  )
}

function Card({ of }: { of: Found }) {
  const { t, lang } = useWords()
  return (
    <li className="sheet stack close">
      <h2>{of.name}</h2>
      <p className="row">
        {of.suspended_since && (
          <span className="mark bad">{t('web.finding.suspended', { since: moment(lang, of.suspended_since) })}</span>
        )}
        {of.ce_base && <Base of={of.ce_base} />}
        <span className="quiet">{of.district?.name ?? t('web.finding.no_district')}</span>
      </p>
      {of.roles.length > 0 && (
        <ul className="plain">
          {of.roles.map((r) => (
            <li key={r.role.code + r.occupation.code + r.level?.code}>
              {r.role.name} · {r.occupation.name} · {r.level?.name ?? t('web.finding.all_levels')}{' '}
              <span className="quiet small">{t('web.finding.list_year', { year: r.list_year })}</span>
            </li>
          ))}
        </ul>
      )}
      {of.rating && <p>{t('web.finding.rating', { average: of.rating.average, raters: of.rating.raters })}</p>}
      {of.classes > 0 && (
        <p>
          <Link to="/class-calendar" search={{ institution: of.id }}>
            {t('web.finding.classes', { n: of.classes })}
          </Link>
        </p>
      )}
      <Supervised of={of} />
    </li>
  )
}

function Base({ of }: { of: NonNullable<Found['ce_base']> }) {
  const { t } = useWords()
  const levels = [of.national && t('web.finding.national'), of.municipal && t('web.finding.municipal')].filter(Boolean)
  return (
    <span className={of.may_issue ? 'mark good' : 'mark warn'}>
      {of.may_issue
        ? t('web.finding.base', { levels: levels.join('、'), year: of.list_year })
        : t('web.finding.base_open', { year: of.list_year })}
    </span>
  )
}
