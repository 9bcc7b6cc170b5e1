import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import type { Column } from '../../list/listing'
import { ListPage, Opener, size, useChange } from '../../list/page'
import { sessionStates } from '../../router'
import { clockOf, dayOf } from '../../words/beijing'
import { useWords } from '../../words/words'
import { classesQuery } from './queries'

const Detail = lazy(() => import('./detail').then((m) => ({ default: m.SessionDetail })))
const Announcing = lazy(() => import('./announcing').then((m) => ({ default: m.Announcing })))
const Staff = lazy(() => import('./staff').then((m) => ({ default: m.Staff })))
const Corrections = lazy(() => import('./corrections').then((m) => ({ default: m.Corrections })))

export type Session = Schema['SessionLine']

/** An institution's sessions, the latest first. */
export function Sessions() {
  const { t } = useWords()
  const { account } = useSession()
  const { session: open, ...asked } = useSearch({ from: '/inside/sessions' })
  const change = useChange()
  const classes = useQuery(classesQuery)
  const list = useQuery({
    queryKey: ['sessions', 'list', asked],
    queryFn: async () => {
      const query = { ...asked, sort: asked.sort ?? '-opens_at', page: asked.page ?? 1, limit: size } as const
      const { sessions, total, now } = await answer(api.GET('/v1/sessions', { params: { query } }))
      return { rows: sessions, total: total ?? sessions.length, now }
    },
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  })
  const columns: Column<Session>[] = [
    {
      key: 'module',
      title: t('web.sessions.module'),
      render: (row) => (
        <>
          <Opener field="session" id={row.id}>
            {row.module}
          </Opener>{' '}
          <span className="quiet small nowrap">{row.ref}</span>
        </>
      ),
    },
    { key: 'when', title: t('web.sessions.when'), sort: 'opens_at', render: (row) => <When of={row} /> },
    { key: 'class', title: t('web.classes.one'), render: (row) => row.class?.name ?? '—' },
    {
      key: 'place',
      title: t('web.sessions.place'),
      render: (row) => (row.mode === 'online' ? t('web.sessions.online') : row.place),
    },
    {
      key: 'reported',
      title: t('web.sessions.reported'),
      render: (row) =>
        row.mode === 'online' ? '—' : t('web.sessions.reported_of', { n: row.reported, listed: row.listed }),
    },
    { key: 'state', title: t('web.sessions.state'), render: (row) => <State of={row} /> },
  ]
  return (
    <ListPage
      heading={t('web.place.sessions')}
      lead={account.institution?.name}
      action={
        <div className="row">
          <Button onClick={() => change({ session: 'staff' })}>{t('web.staff.title')}</Button>
          <Button onClick={() => change({ session: 'corrections' })}>{t('web.corrections.title')}</Button>
          <Button type="primary" onClick={() => change({ session: 'new' })}>
            {t('web.sessions.announce')}
          </Button>
        </div>
      }
      filters={[
        {
          name: 'class',
          label: t('web.classes.one'),
          value: asked.class,
          options: (classes.data ?? []).map((c) => ({ value: c.id, label: c.name })),
        },
        {
          name: 'state',
          label: t('web.sessions.state'),
          value: asked.state,
          options: sessionStates.map((s) => ({ value: s, label: t(`web.session_state.${s}`) })),
        },
        { name: 'from', label: t('web.sessions.from_day'), value: asked.from, type: 'date' },
        { name: 'to', label: t('web.sessions.to_day'), value: asked.to, type: 'date' },
      ]}
      columns={columns}
      query={list}
      search={asked}
      standing="-opens_at"
      open={open}
      detail={(id) => {
        const close = () => change({ session: undefined })
        if (id === 'new') return list.data && <Announcing today={dayOf(list.data.now)} onClose={close} />
        if (id === 'staff') return <Staff onClose={close} />
        if (id === 'corrections') return <Corrections onClose={close} />
        return <Detail key={id} id={id} onClose={close} />
      }}
      none={{ title: t('web.sessions.none'), advice: t('web.sessions.none_advice') }}
    />
  )
}

/** When a session is held, in Beijing. */
export function When({ of }: { of: Pick<Session, 'opens_at' | 'closes_at'> }) {
  const [first, last] = [dayOf(of.opens_at), dayOf(of.closes_at)]
  return (
    <span className="nowrap">
      {first} {clockOf(of.opens_at)}–{last === first ? '' : `${last} `}
      {clockOf(of.closes_at)}
    </span>
  )
}

const tones = { upcoming: 'still', open: 'now', over: 'good', void: 'bad' } as const

/** How a session stands; one that is over and of which not everybody is reported says so. */
export function State({ of }: { of: Pick<Session, 'state' | 'mode'> & { listed?: number; reported?: number } }) {
  const { t } = useWords()
  const waits = of.state === 'over' && of.mode === 'offline' && (of.reported ?? 0) < (of.listed ?? 0)
  return waits ? (
    <span className="mark warn">{t('web.session_state.unreported')}</span>
  ) : (
    <span className={`mark ${tones[of.state]}`}>{t(`web.session_state.${of.state}`)}</span>
  )
}
