import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { Filters } from '../../list/filters'
import { type Column, Listing } from '../../list/listing'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Causes } from './causes'
import './incidents.css'

const Detail = lazy(() => import('./detail').then((m) => ({ default: m.IncidentDetail })))

type Incident = Schema['ListedIncident']

const size = 20
const stages = ['registration', 'training', 'exam', 'evaluation', 'certificate', 'title', 'ce_hours']
const states = ['open', 'resolving', 'closed'] as const

/** An operator's queue: what is stuck, by cause and one by one. */
export function Incidents() {
  const { t, name, lang } = useWords()
  const search = useSearch({ from: '/inside/incidents' })
  const navigate = useNavigate({ from: '/incidents' })
  const { incident: open, ...asked } = search
  const list = useQuery({
    queryKey: ['incidents', asked],
    queryFn: async () => {
      const query = { ...asked, sort: asked.sort ?? 'since', page: asked.page ?? 1, limit: size } as const
      const { incidents, total } = await answer(api.GET('/v1/incidents', { params: { query } }))
      return { rows: incidents ?? [], total: total ?? 0 }
    },
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
  })
  const change = (c: Record<string, string | number | undefined>) =>
    void navigate({ search: (before) => ({ ...before, ...c }) as typeof before })
  const columns: Column<Incident>[] = [
    {
      key: 'title',
      title: t('web.incidents.cause'),
      render: (row) => (
        <Link from="/incidents" to="." search={(before) => ({ ...before, incident: row.id })} className="opener">
          {row.title}
        </Link>
      ),
    },
    { key: 'stage', title: t('web.incidents.stage'), render: (row) => name('stage', row.stage) },
    { key: 'institution', title: t('web.incidents.institution'), render: (row) => row.institution?.name ?? '—' },
    { key: 'since', title: t('web.incidents.since'), sort: 'since', render: (row) => moment(lang, row.since) },
    { key: 'state', title: t('web.incidents.state'), render: (row) => <State state={row.state} /> },
  ]
  const filtered = Boolean(asked.state ?? asked.cause ?? asked.stage ?? asked.institution)
  return (
    <>
      <header className="head stack close">
        <h1>{t('web.place.incidents')}</h1>
        <p className="quiet">{t('web.incidents.lead')}</p>
      </header>
      <Causes cause={asked.cause} stage={asked.stage} institution={asked.institution} onPick={change} />
      <Filters
        onChange={change}
        filters={[
          {
            name: 'state',
            label: t('web.incidents.state'),
            value: asked.state,
            standing: t('web.incidents.unresolved'),
            options: states.map((s) => ({ value: s, label: t(`web.incident_state.${s}`) })),
          },
          {
            name: 'stage',
            label: t('web.incidents.stage'),
            value: asked.stage,
            options: stages.map((s) => ({ value: s, label: name('stage', s) })),
          },
        ]}
      />
      <Listing
        name={t('web.place.incidents')}
        columns={columns}
        rowKey={(row) => row.id}
        query={list}
        size={size}
        page={asked.page}
        sort={asked.sort}
        standing="since"
        onChange={change}
        open={open}
        empty={
          filtered
            ? { title: t('web.list.none_fit'), advice: t('web.list.none_fit_advice') }
            : { title: t('web.incidents.none'), advice: t('web.incidents.none_advice') }
        }
      />
      {open && (
        <Suspense>
          <Detail id={open} onClose={() => change({ incident: undefined })} />
        </Suspense>
      )}
    </>
  )
}

const tones = { open: 'bad', resolving: 'warn', closed: 'good' } as const

export function State({ state }: { state: Incident['state'] }) {
  const { t } = useWords()
  return <span className={`mark ${tones[state]}`}>{t(`web.incident_state.${state}`)}</span>
}
