import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { useChange } from '../../list/page'
import { intakeRowStates } from '../../router'
import { Arrived } from '../../shell/arrived'
import { useWords } from '../../words/words'
import type { Intake } from './intakes'
import '../workbooks/workbooks.css'

type Row = Schema['IntakeRowView']

const size = 50
const tones: Record<Row['state'], string> = { ready: 'still', refused: 'bad', registered: 'good', already: 'now' }

/** What became of each row, or what is wrong with it, cell by cell. Faulty rows come first to be looked at. */
export function Rows({ of }: { of: Intake }) {
  const { t, name } = useWords()
  const { rows: state, row_page: page = 1 } = useSearch({ from: '/inside/intakes' })
  const change = useChange()
  const list = useQuery({
    queryKey: ['intakes', 'one', of.id, 'rows', state, page, of.totals],
    queryFn: () =>
      answer(
        api.GET('/v1/intakes/{id}/rows', {
          params: { path: { id: of.id }, query: { ...(state && { state }), page, limit: size } },
        }),
      ),
    placeholderData: keepPreviousData,
  })
  const pick = (next: string | undefined) => change({ rows: next, row_page: undefined })
  return (
    <section className="stack close">
      <h2>{t('web.intakes.rows')}</h2>
      <fieldset className="row book-totals">
        <legend className="visually-hidden">{t('web.workbooks.show')}</legend>
        <Button size="small" type={state ? 'default' : 'primary'} aria-pressed={!state} onClick={() => pick(undefined)}>
          {t('web.workbooks.rows', { n: of.totals.rows })}
        </Button>
        {intakeRowStates
          .filter((s) => of.totals[s] > 0)
          .map((s) => (
            <Button
              key={s}
              size="small"
              type={s === state ? 'primary' : 'default'}
              aria-pressed={s === state}
              onClick={() => pick(s)}
            >
              {name('intake_row', s)} {of.totals[s]}
            </Button>
          ))}
      </fieldset>
      <Arrived of={list}>
        {(data) => (
          <ul className="plain lines">
            {data.rows.map((row) => (
              <li key={row.row} className="stack close">
                <span className="row apart">
                  <span>
                    <span className="quiet small">{t('web.intakes.row', { n: row.row })}</span> {row.name}
                  </span>
                  <span className={`mark ${tones[row.state]}`}>{row.state_name}</span>
                </span>
                {row.faults.map((f) => (
                  <span key={f.column} className="small">
                    <strong>{f.column_name}</strong>
                    {f.value && <span className="quiet"> {t('web.workbooks.stands', { value: f.value })}</span>}{' '}
                    {f.message}
                  </span>
                ))}
              </li>
            ))}
          </ul>
        )}
      </Arrived>
      {list.data && list.data.total > size && (
        <div className="row">
          <Button disabled={page === 1} onClick={() => change({ row_page: page - 1 })}>
            {t('web.intakes.before')}
          </Button>
          <span className="quiet small">
            {t('web.intakes.page', { n: page, of: Math.ceil(list.data.total / size) })}
          </span>
          <Button disabled={page * size >= list.data.total} onClick={() => change({ row_page: page + 1 })}>
            {t('web.intakes.after')}
          </Button>
        </div>
      )}
    </section>
  )
}
