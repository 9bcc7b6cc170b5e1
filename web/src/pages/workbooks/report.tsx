import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Button, Progress, Radio } from 'antd'
import { useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { keep } from '../../api/file'
import { type Column, Listing } from '../../list/listing'
import { useChange } from '../../list/page'
import { rowStatuses } from '../../router'
import { Coming } from '../../shell/arrived'
import { Trouble } from '../../shell/notes'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { State, type Workbook } from './workbooks'

type Row = Schema['WorkbookRowView']
type Mode = Schema['ApplicationBody']['mode']

const size = 50

/** What each row of a workbook would do, or did, and what can be done about the whole. */
export function Report({ id }: { id: string }) {
  const { t, lang } = useWords()
  const known = useQueryClient().getQueryData<boolean>(['workbook', id, 'known'])
  const book = useQuery({
    queryKey: ['workbook', id, 'state'],
    queryFn: () => answer(api.GET('/v1/workbooks/{id}', { params: { path: { id }, query: { limit: 0 } } })),
    refetchInterval: ({ state }) => (state.data?.state === 'applying' ? 1_000 : false),
  })
  if (!book.data) return <Coming of={book} />
  const of = book.data
  return (
    <section className="sheet stack" id="report" aria-labelledby="report-title">
      <div className="row apart">
        <div className="stack close">
          <h2 id="report-title">{t('web.workbooks.report', { kind: of.kind_name })}</h2>
          <p className="small quiet">{t('web.workbooks.uploaded', { at: moment(lang, of.uploaded_at) })}</p>
        </div>
        <State of={of} />
      </div>
      {known && of.state === 'checked' && <p className="alert warn">{t('web.workbooks.known')}</p>}
      <Totals of={of} />
      <Applying of={of} />
      <Rows of={of} />
    </section>
  )
}

const tones: Record<Row['status'], string> = {
  ready: 'now',
  refused: 'bad',
  repeated: 'still',
  applied: 'good',
  empty: 'still',
}

/** How many rows there are of each kind; pressing one shows those only. */
function Totals({ of }: { of: Workbook }) {
  const { t, name } = useWords()
  const { status } = useSearch({ from: '/inside/workbooks' })
  const change = useChange()
  const pick = (next: string | undefined) => change({ status: next, page: undefined })
  return (
    <fieldset className="row book-totals">
      <legend className="visually-hidden">{t('web.workbooks.show')}</legend>
      <Button size="small" type={status ? 'default' : 'primary'} aria-pressed={!status} onClick={() => pick(undefined)}>
        {t('web.workbooks.rows', { n: of.totals.rows })}
      </Button>
      {rowStatuses
        .filter((s) => of.totals[s] > 0)
        .map((s) => (
          <Button
            key={s}
            size="small"
            type={s === status ? 'primary' : 'default'}
            aria-pressed={s === status}
            onClick={() => pick(s)}
          >
            {name('workbook.outcome', s)} {of.totals[s]}
          </Button>
        ))}
    </fieldset>
  )
}

/** What can be done about the whole: apply it, go on with it, take away what was found. */
function Applying({ of }: { of: Workbook }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [mode, setMode] = useState<Mode>('rows')
  const news = () => {
    void queries.invalidateQueries({ queryKey: ['workbook', of.id] })
    void queries.invalidateQueries({ queryKey: ['workbooks'] })
    void queries.invalidateQueries({ queryKey: ['tasks'] })
  }
  const apply = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/v1/workbooks/{id}/application', {
          params: { path: { id: of.id } },
          body: { mode: of.mode ?? mode },
        }),
      ),
    onSettled: news,
  })
  const report = useMutation({
    mutationFn: () => keep(api.GET('/v1/workbooks/{id}/report', { params: { path: { id: of.id } }, parseAs: 'blob' })),
  })
  const { totals } = of
  const expected = totals.rows - totals.empty
  return (
    <div className="stack close">
      {of.state === 'checked' && totals.ready > 0 && totals.refused > 0 && (
        <Radio.Group
          value={mode}
          onChange={(e) => setMode(e.target.value)}
          aria-label={t('web.workbooks.mode')}
          options={[
            { value: 'rows', label: t('web.workbooks.mode_rows', { n: totals.ready }) },
            { value: 'whole', label: t('web.workbooks.mode_whole') },
          ]}
        />
      )}
      {of.state === 'checked' && mode === 'whole' && totals.refused > 0 && (
        <p className="alert warn">{t('web.workbooks.whole_faulty', { n: totals.refused })}</p>
      )}
      {of.state === 'checked' && totals.ready === 0 && <p role="status">{t('web.workbooks.nothing_ready')}</p>}
      {of.state === 'applying' && (
        <div role="status">
          <p>{of.interrupted ? t('web.workbooks.interrupted_advice') : t('web.workbooks.applying')}</p>
          <Progress
            aria-label={t('web.workbooks.applying')}
            percent={Math.round((100 * of.done) / Math.max(expected, 1))}
            status={of.interrupted ? 'exception' : 'active'}
          />
        </div>
      )}
      {of.state === 'applied' && (
        <p className="alert good" role="status">
          {t('web.workbooks.applied', { n: totals.applied, repeated: totals.repeated, refused: totals.refused })}
        </p>
      )}
      {apply.error && <Trouble error={apply.error} />}
      {report.error && <Trouble error={report.error} />}
      <div className="row">
        {(of.interrupted || (of.state === 'checked' && totals.ready > 0)) && (
          <Button
            type="primary"
            loading={apply.isPending}
            disabled={of.state === 'checked' && mode === 'whole' && totals.refused > 0}
            onClick={() => apply.mutate()}
          >
            {of.interrupted ? t('web.workbooks.go_on') : t('web.workbooks.apply', { n: totals.ready })}
          </Button>
        )}
        <Button onClick={() => report.mutate()} loading={report.isPending}>
          {t('web.workbooks.get_report')}
        </Button>
      </div>
    </div>
  )
}

function Rows({ of }: { of: Workbook }) {
  const { t } = useWords()
  const { status, page } = useSearch({ from: '/inside/workbooks' })
  const change = useChange()
  const rows = useQuery({
    queryKey: ['workbook', of.id, 'rows', status, page, of.state],
    queryFn: async () => {
      const query = { ...(status && { status }), page: page ?? 1, limit: size }
      const { rows, total } = await answer(api.GET('/v1/workbooks/{id}', { params: { path: { id: of.id }, query } }))
      return { rows, total }
    },
    placeholderData: keepPreviousData,
  })
  const columns: Column<Row>[] = [
    {
      key: 'row',
      title: t('web.workbooks.row'),
      render: (row) => (
        <span className="nowrap">
          {row.sheet_name} {row.row}
        </span>
      ),
    },
    { key: 'name', title: t('web.workbooks.about'), render: (row) => row.name ?? '—' },
    {
      key: 'status',
      title: t('web.workbooks.outcome'),
      render: (row) => <span className={`mark ${tones[row.status]}`}>{row.status_name}</span>,
    },
    { key: 'faults', title: t('web.workbooks.wrong'), render: (row) => <Faults of={row} /> },
  ]
  return (
    <Listing
      name={t('web.workbooks.report', { kind: of.kind_name })}
      columns={columns}
      rowKey={(row) => `${row.sheet} ${row.row}`}
      query={rows}
      size={size}
      page={page}
      sort={undefined}
      standing=""
      onChange={change}
      open={undefined}
      empty={{ title: t('web.list.none_fit'), advice: t('web.list.none_fit_advice') }}
    />
  )
}

/** What is wrong with a row, column by column, beside what stands there. */
function Faults({ of }: { of: Row }) {
  const { t } = useWords()
  if (of.faults.length === 0) return null
  return (
    <ul className="plain stack close">
      {of.faults.map((f) => (
        <li key={f.column}>
          <strong>{f.column_name}</strong>
          {f.value && <span className="quiet"> {t('web.workbooks.stands', { value: f.value })}</span>}
          <br />
          {f.message}
        </li>
      ))}
    </ul>
  )
}
