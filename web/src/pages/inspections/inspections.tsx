import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import { useInspectionFields } from '../../list/deskfields'
import { both, condition } from '../../list/expression'
import type { Column } from '../../list/listing'
import { Opener, size, useChange } from '../../list/page'
import { ToolPage } from '../../list/toolpage'
import { inspectionStates } from '../../router'
import { useWords } from '../../words/words'
import { State } from './state'

const Detail = lazy(() => import('./detail').then((m) => ({ default: m.InspectionDetail })))
const Planning = lazy(() => import('./planning').then((m) => ({ default: m.Planning })))
const Proposals = lazy(() => import('./proposals').then((m) => ({ default: m.Proposals })))
const Own = lazy(() => import('./own').then((m) => ({ default: m.OwnSuspension })))

type Row = Schema['InspectionSummary']

/** Inspections: an operator's, or those that were made of one's own institution. */
export function Inspections() {
  const { t, name } = useWords()
  const { account } = useSession()
  const operator = account.role === 'operator'
  const { inspection: open, ...asked } = useSearch({ from: '/inside/inspections' })
  const change = useChange()
  const close = () => change({ inspection: undefined })
  const { state, overdue, filter, sort = '-planned_on', page = 1 } = asked
  const whole = both(condition('state', state), overdue && 'due<today', filter)
  const list = useQuery({
    queryKey: ['inspections', { whole, sort, page }],
    queryFn: async () => {
      const query = { ...(whole ? { filter: whole } : {}), sort, page, limit: size }
      const { inspections, total } = await answer(api.GET('/v1/inspections', { params: { query } }))
      return { rows: inspections, total }
    },
    placeholderData: keepPreviousData,
  })
  const whose: Column<Row>[] = [
    { key: 'institution', title: t('web.role.institution'), render: (row) => row.institution.name },
    {
      key: 'by',
      title: t('web.inspections.by'),
      inFile: ['district'],
      render: (row) => row.district?.name ?? t('web.inspections.city'),
    },
  ]
  const columns: Column<Row>[] = [
    {
      key: 'day',
      inFile: ['id', 'planned', 'visited'],
      title: t('web.inspections.planned_on'),
      sort: 'planned_on',
      render: (row) => (
        <Opener field="inspection" id={row.id}>
          <span className="nowrap">{row.visited_on ?? row.planned_on}</span>
        </Opener>
      ),
    },
    ...(operator ? whose : []),
    { key: 'role', title: t('web.institutions.roles'), render: (row) => row.role.name },
    { key: 'scope', title: t('web.inspections.scope'), render: (row) => row.scope },
    {
      key: 'findings',
      inFile: ['findings', 'unsettled', 'overdue_findings'],
      title: t('web.inspections.findings'),
      render: (row) => `${row.findings - row.unsettled}/${row.findings}`,
    },
    { key: 'state', title: t('web.accounts.state'), render: (row) => <State of={row} /> },
  ]
  return (
    <ToolPage
      list="inspections"
      heading={t('web.inspections.title')}
      lead={t(operator ? 'web.inspections.lead' : 'web.inspections.lead_own')}
      action={
        operator && (
          <Button type="primary" onClick={() => change({ inspection: 'new' })}>
            {t('web.inspections.plan')}
          </Button>
        )
      }
      above={operator ? <Proposals /> : account.institution && <Own id={account.institution.id} />}
      filters={[
        {
          name: 'state',
          label: t('web.accounts.state'),
          value: state,
          options: inspectionStates
            .filter((s) => operator || s === 'visited' || s === 'closed')
            .map((s) => ({ value: s, label: name('inspection_state', s) })),
        },
        {
          name: 'overdue',
          label: t('web.inspections.deadline'),
          value: overdue,
          options: [{ value: 'yes', label: t('web.inspections.overdue') }],
        },
      ]}
      fields={useInspectionFields()}
      columns={columns}
      query={list}
      search={asked}
      whole={whole}
      verbs={[{ id: 'act', name: t('web.cases.act'), key: 'r', run: ([row]) => change({ inspection: row?.id }) }]}
      standing="-planned_on"
      open={open}
      detail={(id) =>
        id === 'new' ? (
          <Planning onClose={close} onPlanned={(made) => change({ inspection: made })} />
        ) : (
          <Detail id={id} onClose={close} />
        )
      }
      none={{
        title: t('web.inspections.none'),
        advice: t(operator ? 'web.inspections.lead' : 'web.inspections.lead_own'),
      }}
    />
  )
}
