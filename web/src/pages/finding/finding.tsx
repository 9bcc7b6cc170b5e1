import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { Choose, type Chosen, useChosen } from '../../list/beside'
import { PublicFilters } from '../../list/publicfilters'
import { Arrived } from '../../shell/arrived'
import { useOccupations } from '../../shell/catalogue'
import { Note } from '../../shell/notes'
import { Waiting } from '../../shell/waiting'
import { useWords } from '../../words/words'
import { Base, Levels, Suspended } from './listed'
import { directoryQuery, type Found } from './queries'
import { Supervised } from './supervised'

const Compare = lazy(() => import('./compare').then((m) => ({ default: m.CompareInstitutions })))

/** The institutions of the published lists, found by what they do. */
export function FindInstitutions() {
  const { t, lang, codes, name } = useWords()
  const { beside, ...asked } = useSearch({ from: '/outside/find-institutions' })
  const chosen = useChosen('beside', beside)
  const occupations = useOccupations()
  const list = useQuery(directoryQuery(lang, asked))
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
      {chosen.ids.length > 0 && (
        <Suspense fallback={<Waiting />}>
          <Compare among={chosen} />
        </Suspense>
      )}
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
                  <Card key={f.id} of={f} among={chosen} />
                ))}
              </ul>
            </>
          )
        }
      </Arrived>
    </div>
  )
}

function Card({ of, among }: { of: Found; among: Chosen }) {
  const { t } = useWords()
  return (
    <li className="sheet stack close">
      <h2>{of.name}</h2>
      <p className="row">
        <Suspended of={of} />
        {of.ce_base && <Base of={of.ce_base} />}
        <span className="quiet">{of.district?.name ?? t('web.finding.no_district')}</span>
      </p>
      {of.roles.length > 0 && (
        <ul className="plain">
          {of.roles.map((r) => (
            <li key={r.role.code + r.occupation.code + r.level?.code}>
              {r.role.name} · {r.occupation.name} · <Levels of={r} />
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
      <Choose id={of.id} name={of.name} among={among} />
    </li>
  )
}
