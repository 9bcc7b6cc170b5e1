import { useQuery } from '@tanstack/react-query'
import { Coming } from '../../shell/arrived'
import { moment, number } from '../../words/time'
import { useWords } from '../../words/words'
import { hoursQuery } from './queries'

/** The ledger of the case: every line as it was written, and what was taken back. */
export function HourLines({ id }: { id: string }) {
  const { t, lang } = useWords()
  const hours = useQuery(hoursQuery(id))
  if (!hours.data) return <Coming of={hours} />
  const { lines, hours: stand } = hours.data
  return (
    <section className="sheet stack close" aria-labelledby="hour-lines">
      <h2 id="hour-lines">{t('web.casework.hours_stand', { hours: number(lang, stand) })}</h2>
      {lines.length === 0 && <p className="quiet">{t('web.casework.hours_none')}</p>}
      {lines.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached.
        <section className="wide" tabIndex={0} aria-label={t('web.casework.section.hours')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('web.casework.hour_date')}</th>
                <th scope="col">{t('web.casework.hour_session')}</th>
                <th scope="col">{t('web.casework.hour_module')}</th>
                <th scope="col">{t('web.casework.hour_minutes')}</th>
                <th scope="col">{t('web.casework.hour_rests')}</th>
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <tr key={line.entry} className={line.stands ? undefined : 'taken-back'}>
                  <td className="nowrap">{line.date}</td>
                  <td>
                    {line.session} <span className="quiet small">{line.institution.name}</span>
                  </td>
                  <td>
                    {line.module} <span className="quiet small">{t(`web.casework.mode_${line.mode}`)}</span>
                  </td>
                  <td className="nowrap">{number(lang, line.minutes)}</td>
                  <td className="small">
                    {line.evidence.map((e) => `${moment(lang, e.from)} – ${moment(lang, e.to)}`).join('; ')}
                    {line.reason && (
                      <span className="late"> {t('web.casework.hour_reversed', { reason: line.reason })}</span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  )
}
