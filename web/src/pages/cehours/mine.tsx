import { useMutation, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { keep } from '../../api/file'
import { Arrived, Coming } from '../../shell/arrived'
import { Note, Trouble } from '../../shell/notes'
import { list, moment, number } from '../../words/time'
import { useWords } from '../../words/words'
import { Chart, type Sum } from './chart'
import './mine.css'

type Statement = Schema['StatementView']

/** The CE hours of the trainee who looks, year by year, and the statement of one: what stands, against what a year asks. */
export function MyCEHours() {
  const { t } = useWords()
  const { year: asked } = useSearch({ from: '/inside/my-ce-hours' })
  const hours = useQuery({ queryKey: ['my', 'ce-hours'], queryFn: () => answer(api.GET('/v1/me/ce-hours')) })
  const sums = sumsOf(hours.data?.ce_hours ?? [])
  const year = asked ?? sums.at(-1)?.year
  const statement = useQuery({
    queryKey: ['my', 'ce-statements', year],
    enabled: year !== undefined,
    queryFn: () => answer(api.GET('/v1/me/ce-statements/{year}', { params: { path: { year: year ?? 0 } } })),
  })
  if (!hours.data) return <Coming of={hours} />
  return (
    <div className="stack">
      <h1>{t('web.ce.title')}</h1>
      {year === undefined ? (
        <Note title={t('web.ce.none')}>
          <p>{t('web.ce.none_advice')}</p>
        </Note>
      ) : (
        <>
          <Chart
            sums={sums}
            year={year}
            need={
              statement.data && {
                total: statement.data.by_session.total.need,
                of: statement.data.by_session.professional.need,
              }
            }
          />
          <Arrived of={statement}>{(of) => <Stated of={of} />}</Arrived>
        </>
      )}
    </div>
  )
}

/** Hours summed up by the years they count in, the earliest first. A year between that has none is one of them. */
export function sumsOf(rows: Schema['CeHoursView'][]): Sum[] {
  const years = rows.map((row) => row.year)
  if (years.length === 0) return []
  const first = Math.min(...years)
  return Array.from({ length: Math.max(...years) - first + 1 }, (_, i) => {
    const of = (subject: string) =>
      rows.filter((r) => r.year === first + i && r.subject === subject).reduce((sum, r) => sum + r.hours, 0)
    return { year: first + i, professional: of('professional'), common: of('public') }
  })
}

function Stated({ of }: { of: Statement }) {
  const { t, lang } = useWords()
  const take = useMutation({
    mutationFn: () =>
      keep(
        api.GET('/v1/me/ce-statements/{year}/pdf', {
          params: { path: { year: of.year } },
          parseAs: 'blob',
        }),
      ),
  })
  return (
    <section className="sheet stack close" aria-labelledby="statement">
      <div className="row apart">
        <h2 id="statement">{t('web.ce.statement', { year: of.year })}</h2>
        <span className="row">
          {of.demonstration && <span className="mark warn">{t('web.case.demonstration')}</span>}
          {of.closed && <span className="mark">{t('web.ce.closed')}</span>}
        </span>
      </div>
      {of.text.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {of.cross_year && <p className="alert warn">{t('web.ce.cross_year')}</p>}
      {of.lines.length === 0 ? (
        <p className="quiet">{t('web.ce.empty_year')}</p>
      ) : (
        <ul className="plain lines">
          {of.lines.map((line) => (
            <li key={`${line.case_id ?? line.place_id}-${line.subject.code}-${line.taken_year}`} className="row apart">
              <span className="stack close tight">
                <strong>{line.title}</strong>
                <span className="quiet small">
                  {[
                    list(
                      lang,
                      line.institutions.map((i) => i.name),
                    ),
                    line.from && `${line.from} – ${line.to}`,
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
                {line.taken_year !== of.year && (
                  <span className="small">{t('web.ce.taken_in', { year: line.taken_year })}</span>
                )}
              </span>
              <span className="nowrap">
                {t('web.case.ce_count', { hours: number(lang, line.hours) })}{' '}
                <span className="quiet small">{line.subject.name}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
      <p className="quiet small">
        {t('web.ce.number', { number: of.number, version: of.version })}
        {of.since && ` · ${moment(lang, of.since)}`}
      </p>
      <div>
        <Button onClick={() => take.mutate()} loading={take.isPending} disabled={of.version === 0}>
          {t('web.ce.take')}
        </Button>
      </div>
      {take.error && <Trouble error={take.error} />}
    </section>
  )
}
