import { Link } from '@tanstack/react-router'
import { number } from '../../words/time'
import { useWords } from '../../words/words'

export interface Sum {
  year: number
  professional: number
  common: number
}

interface Props {
  sums: Sum[]
  /** The year that is looked at. */
  year: number
  /** What a year asks in all, and of it of the professional subject. */
  need: { total: number; of: number } | undefined
}

/** How many years stand side by side on a phone; older ones are reached by going back. */
const most = 8

/** CE hours year by year against what each asks. Every column leads to its year's statement, and says in words what it shows. */
export function Chart({ sums, year, need }: Props) {
  const { t, lang } = useWords()
  const shown = sums.slice(-most)
  const top = Math.max(need?.total ?? 0, ...shown.map((s) => s.professional + s.common)) * 1.1 || 1
  const height = (hours: number) => `${(hours / top) * 100}%`
  return (
    <figure className="sheet stack close ce-chart">
      <figcaption className="row apart">
        <strong>{t('web.ce.by_year')}</strong>
        <span className="row small quiet">
          <span className="key professional">{t('web.subject.professional')}</span>
          <span className="key common">{t('web.subject.public')}</span>
        </span>
      </figcaption>
      <div className="plot">
        {need && (
          <p className="need small quiet" style={{ bottom: height(need.total) }}>
            {t('web.ce.asked', { hours: number(lang, need.total) })}
          </p>
        )}
        <ul className="plain">
          {shown.map((s) => (
            <li key={s.year}>
              <Link to="/my-ce-hours" search={{ year: s.year }} aria-current={s.year === year ? 'true' : undefined}>
                <span className="visually-hidden">
                  {t('web.ce.column', {
                    year: s.year,
                    hours: number(lang, s.professional + s.common),
                    professional: number(lang, s.professional),
                  })}
                </span>
                <span className="pillar" aria-hidden>
                  <b>{number(lang, s.professional + s.common)}</b>
                  <i className="common" style={{ height: height(s.common) }} />
                  <i className="professional" style={{ height: height(s.professional) }} />
                </span>
                <span className="year" aria-hidden>
                  {s.year}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      </div>
      {need && <p className="small quiet">{t('web.ce.asked_of', { hours: number(lang, need.of) })}</p>}
    </figure>
  )
}
