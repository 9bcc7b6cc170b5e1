import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { lazy } from 'react'
import { answer, api, type Schema } from '../../api/client'
import type { Column } from '../../list/listing'
import { ListPage, Opener, size, useChange } from '../../list/page'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Causes } from './causes'
import './incidents.css'

const Detail = lazy(() => import('./detail').then((m) => ({ default: m.IncidentDetail })))

type Incident = Schema['ListedIncident']

const stages = ['registration', 'training', 'exam', 'evaluation', 'certificate', 'title', 'ce_hours']
const states = ['open', 'resolving', 'closed'] as const

/** An operator's queue: what is stuck, by cause and one by one. */
export function Incidents() {
  const { t, name, lang } = useWords()
  const { incident: open, ...asked } = useSearch({ from: '/inside/incidents' })
  const change = useChange()
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
  const columns: Column<Incident>[] = [
    {
      key: 'title',
      title: t('web.incidents.cause'),
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
  ]
  return (
    <ListPage
      heading={t('web.place.incidents')}
      lead={t('web.incidents.lead')}
      above={<Causes cause={asked.cause} stage={asked.stage} institution={asked.institution} onPick={change} />}
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
      columns={columns}
      query={list}
      search={asked}
      standing="since"
      open={open}
      detail={(id) => <Detail id={id} onClose={() => change({ incident: undefined })} />}
      none={{ title: t('web.incidents.none'), advice: t('web.incidents.none_advice') }}
    />
  )
}

const tones = { open: 'bad', resolving: 'warn', closed: 'good' } as const

export function State({ state }: { state: Incident['state'] }) {
  const { t } = useWords()
  return <span className={`mark ${tones[state]}`}>{t(`web.incident_state.${state}`)}</span>
}
