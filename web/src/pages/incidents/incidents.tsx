import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { lazy } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useIncidentFields } from '../../list/casefields'
import { both, condition } from '../../list/expression'
import { steadily } from '../../list/held'
import type { Column } from '../../list/listing'
import { Opener, size, useChange } from '../../list/page'
import { ToolPage } from '../../list/toolpage'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { useClaiming } from '../cases/claiming'
import { Causes } from './causes'
import './incidents.css'

const Detail = lazy(() => import('./detail').then((m) => ({ default: m.IncidentDetail })))

type Incident = Schema['ListedIncident']

const states = ['open', 'resolving', 'closed'] as const

/** An operator's queue: what is stuck, by cause and one by one. */
export function Incidents() {
  const { t, name, lang, codes } = useWords()
  const { incident: open, ...asked } = useSearch({ from: '/inside/incidents' })
  const change = useChange()
  const { state, cause, stage, institution, filter, sort = 'since', page = 1 } = asked
  // What is closed is shown to who asks for it.
  const whole = both(
    condition('state', ...(state ? [state] : /\bstate:/.test(filter ?? '') ? [] : ['open', 'resolving'])),
    condition('cause', cause),
    condition('stage', stage),
    condition('institution', institution),
    filter,
  )
  const list = useQuery({
    queryKey: ['incidents', { whole, sort, page }],
    queryFn: async () => {
      const query = { filter: whole, sort, page, limit: size }
      const { incidents, total, total_is_least } = await answer(api.GET('/v1/incidents', { params: { query } }))
      return { rows: incidents ?? [], total: total ?? 0, least: total_is_least }
    },
    placeholderData: keepPreviousData,
    refetchInterval: steadily(5_000),
  })
  const { verbs, said } = useClaiming<Incident>((row) => row.case_id)
  const columns: Column<Incident>[] = [
    {
      key: 'cause',
      title: t('web.incidents.cause'),
      inFile: ['id', 'case_id', 'cause'],
      render: (row) => (
        <Opener field="incident" id={row.id}>
          {row.title}
        </Opener>
      ),
    },
    {
      key: 'stage',
      title: t('web.incidents.stage'),
      render: (row) => (row.channel ? name('channel', row.channel) : name('stage', row.stage) || '—'),
    },
    { key: 'institution', title: t('web.incidents.institution'), render: (row) => row.institution?.name ?? '—' },
    { key: 'since', title: t('web.incidents.since'), sort: 'since', render: (row) => moment(lang, row.since) },
    { key: 'state', title: t('web.incidents.state'), render: (row) => <State state={row.state} /> },
    {
      key: 'kind',
      title: t('web.fields.kind'),
      spare: true,
      render: (row) => t(`web.incident_kind.${row.kind}`),
    },
  ]
  return (
    <ToolPage
      list="incidents"
      heading={t('web.place.incidents')}
      lead={t('web.incidents.lead')}
      action={
        <Link to="/groups" search={{ filter: whole }}>
          {t('web.groups.act_on_these')}
        </Link>
      }
      above={
        <>
          <Watched />
          <Causes cause={cause} stage={stage} institution={institution} onPick={change} />
        </>
      }
      filters={[
        {
          name: 'state',
          label: t('web.incidents.state'),
          value: state,
          standing: t('web.incidents.unresolved'),
          options: states.map((s) => ({ value: s, label: t(`web.incident_state.${s}`) })),
        },
        {
          name: 'stage',
          label: t('web.incidents.stage'),
          value: stage,
          options: codes('stage').map((s) => ({ value: s, label: name('stage', s) })),
        },
      ]}
      fields={useIncidentFields()}
      columns={columns}
      query={list}
      search={asked}
      whole={whole}
      standing="since"
      call={(row) => row.title}
      verbs={[
        ...verbs,
        {
          id: 'resolve',
          name: t('web.resolve.title'),
          key: 'r',
          run: ([row]) => change({ incident: row?.id }),
        },
      ]}
      said={said}
      open={open}
      detail={(id) => <Detail id={id} onClose={() => change({ incident: undefined })} />}
      none={{ title: t('web.incidents.none'), advice: t('web.incidents.none_advice') }}
    />
  )
}

/** Says so when nobody has asked Temporal for a while: what is shown of executions may then be old. */
function Watched() {
  const { t } = useWords()
  const watch = useQuery({
    queryKey: ['executions', 'watch'],
    queryFn: () => answer(api.GET('/v1/executions/watch')),
    refetchInterval: steadily(30_000),
  })
  return watch.data?.late ? (
    <p className="alert warn" role="status">
      {t('web.execution.late')}
    </p>
  ) : null
}

const tones = { open: 'bad', resolving: 'warn', closed: 'good' } as const

export function State({ state }: { state: Incident['state'] }) {
  const { t } = useWords()
  return <span className={`mark ${tones[state]}`}>{t(`web.incident_state.${state}`)}</span>
}
