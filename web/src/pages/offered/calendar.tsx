import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { Choose, type Chosen, useChosen } from '../../list/beside'
import { useChange } from '../../list/change'
import { PublicFilters } from '../../list/publicfilters'
import { Arrived } from '../../shell/arrived'
import { useOccupations } from '../../shell/catalogue'
import { Facts } from '../../shell/facts'
import { Note } from '../../shell/notes'
import { useWords } from '../../words/words'
import { Target } from '../classes/target'
import { Compare } from './compare'
import './offered.css'
import { type Offered, offeredQuery, pageSize } from './queries'
import { Fee, Hours, How, Places } from './terms'

/** The classes that can be joined, month by month. What narrows them stands in the address. */
export function ClassCalendar() {
  const { t } = useWords()
  const { compare, ...asked } = useSearch({ from: '/outside/class-calendar' })
  const list = useQuery(offeredQuery(asked))
  const chosen = useChosen('compare', compare)
  return (
    <div className="stack">
      <header className="stack close">
        <h1>{t('web.offered.title')}</h1>
        <p className="quiet">{t('web.offered.lead')}</p>
      </header>
      <Narrowing institution={list.data?.classes[0]?.institution.name} />
      {chosen.ids.length > 0 && <Compare among={chosen} />}
      <Arrived of={list}>
        {(data) =>
          data.classes.length === 0 ? (
            <Note title={t('web.offered.none')}>
              <p>{t('web.offered.none_advice')}</p>
              <Link to="/class-calendar">{t('web.offered.all')}</Link>
            </Note>
          ) : (
            <>
              <p className="quiet" role="status">
                {t('web.offered.total', { n: data.total })}
              </p>
              {months(data.classes, asked.sort?.includes('fee')).map(([month, classes]) => (
                <section key={month} className="stack close" aria-label={month || t('web.offered.by_fee')}>
                  {month && <h2>{month}</h2>}
                  <ul className="plain offered-list">
                    {classes.map((c) => (
                      <Card key={c.id} of={c} among={chosen} />
                    ))}
                  </ul>
                </section>
              ))}
              <Pages total={data.total} page={asked.page ?? 1} />
            </>
          )
        }
      </Arrived>
    </div>
  )
}

/** Classes by the month in which they begin; all together where they are in the order of what they cost. */
function months(classes: Offered[], together = false): [string, Offered[]][] {
  const by = new Map<string, Offered[]>()
  for (const c of classes) {
    const month = together ? '' : c.starts_on.slice(0, 7)
    by.set(month, [...(by.get(month) ?? []), c])
  }
  return [...by]
}

function Card({ of, among }: { of: Offered; among: Chosen }) {
  const { t } = useWords()
  return (
    <li className="sheet stack close offered-card">
      <div>
        <h3>
          <Link to="/classes-offered/$id" params={{ id: of.id }}>
            {of.name}
          </Link>
        </h3>
        <p className="quiet">{of.institution.name}</p>
      </div>
      <p className="row">
        <span>
          <Target of={of} />
        </span>
        <Places of={of} />
      </p>
      <Facts
        of={[
          [t('web.offered.dates'), t('web.classes.from_to', { from: of.starts_on, to: of.ends_on })],
          [t('web.offered.how'), <How key="how" offer={of.offer} />],
          [t('web.offered.teaches'), <Hours key="hours" of={of} />],
          [t('web.offered.costs'), <Fee key="fee" offer={of.offer} />],
        ]}
      />
      <Choose id={of.id} name={of.name} among={among} />
    </li>
  )
}

/** What narrows the calendar. Each choice is at once in the address. */
function Narrowing({ institution }: { institution: string | undefined }) {
  const { t, codes, name } = useWords()
  const asked = useSearch({ from: '/outside/class-calendar' })
  const change = useChange({ stay: true })
  const occupations = useOccupations()
  const coded = (family: 'level' | 'class_delivery') => codes(family).map((c) => ({ value: c, label: name(family, c) }))
  return (
    <PublicFilters
      filters={[
        { name: 'occupation', label: t('web.tasks.occupation'), value: asked.occupation, options: occupations },
        { name: 'level', label: t('web.classes.level'), value: asked.level, options: coded('level') },
        { name: 'delivery', label: t('web.offered.how'), value: asked.delivery, options: coded('class_delivery') },
        {
          name: 'sort',
          label: t('web.offered.order'),
          value: asked.sort,
          standing: t('web.offered.order_start'),
          options: [
            { value: 'fee', label: t('web.offered.order_fee') },
            { value: '-fee', label: t('web.offered.order_fee_down') },
          ],
        },
      ]}
    >
      <label className="tick">
        <input
          type="checkbox"
          checked={asked.places === 'free'}
          onChange={(e) => change({ places: e.target.checked ? 'free' : undefined, page: undefined })}
        />{' '}
        {t('web.offered.only_free')}
      </label>
      {asked.institution && (
        <button type="button" className="press" onClick={() => change({ institution: undefined, page: undefined })}>
          {t('web.offered.any_institution', { name: institution ?? asked.institution })}
        </button>
      )}
    </PublicFilters>
  )
}

function Pages({ total, page }: { total: number; page: number }) {
  const { t } = useWords()
  const last = Math.ceil(total / pageSize)
  if (last < 2) return null
  const to = (n: number) => ((said: object) => ({ ...said, page: n > 1 ? n : undefined })) as never
  return (
    <nav className="row apart" aria-label={t('web.offered.pages')}>
      {page > 1 ? (
        <Link to="." search={to(page - 1)} className="press">
          {t('web.offered.before')}
        </Link>
      ) : (
        <span />
      )}
      <span className="quiet">{t('web.offered.page', { page, last })}</span>
      {page < last ? (
        <Link to="." search={to(page + 1)} className="press">
          {t('web.offered.next')}
        </Link>
      ) : (
        <span />
      )}
    </nav>
  )
}
