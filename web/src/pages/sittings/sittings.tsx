import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import type { Column } from '../../list/listing'
import { ListPage, Opener, size, useChange } from '../../list/page'
import { sittingStates } from '../../router'
import { list, moment } from '../../words/time'
import { useWords } from '../../words/words'

const Detail = lazy(() => import('./detail').then((m) => ({ default: m.SittingDetail })))
const Making = lazy(() => import('./making').then((m) => ({ default: m.Making })))

export type Sitting = Schema['SittingView']

/** An evaluation body's sittings. */
export function Sittings() {
  const { t, name, lang } = useWords()
  const { account } = useSession()
  const { sitting: open, ...asked } = useSearch({ from: '/inside/sittings' })
  const change = useChange()
  const sittings = useQuery({
    queryKey: ['sittings', 'list', asked],
    queryFn: async () => {
      const query = { ...asked, sort: asked.sort ?? '-starts_at', page: asked.page ?? 1, limit: size } as const
      const { sittings: rows, total, now } = await answer(api.GET('/v1/sittings', { params: { query } }))
      return { rows, total: total ?? rows.length, now }
    },
    placeholderData: keepPreviousData,
  })
  const columns: Column<Sitting>[] = [
    {
      key: 'starts',
      title: t('web.sittings.starts'),
      sort: 'starts_at',
      render: (row) => (
        <>
          <Opener field="sitting" id={row.id}>
            {moment(lang, row.starts_at)}
          </Opener>{' '}
          <span className="quiet small nowrap">{row.ref}</span>
        </>
      ),
    },
    { key: 'venue', title: t('web.sittings.venue'), render: (row) => row.venue },
    { key: 'target', title: t('web.sittings.target'), render: (row) => <Target of={row} /> },
    {
      key: 'places',
      title: t('web.sittings.places'),
      render: (row) => t('web.sittings.places_of', { n: row.capacity - row.places_left, capacity: row.capacity }),
    },
    {
      key: 'until',
      title: t('web.sittings.book_until'),
      sort: 'book_until',
      render: (row) => moment(lang, row.book_until),
    },
    { key: 'state', title: t('web.sittings.state'), render: (row) => <State of={row} /> },
  ]
  return (
    <ListPage
      heading={t('web.place.sittings')}
      lead={account.institution?.name}
      action={
        <Button type="primary" onClick={() => change({ sitting: 'new' })}>
          {t('web.sittings.make')}
        </Button>
      }
      filters={[
        { name: 'q', label: t('web.sittings.find'), value: asked.q, type: 'search' },
        {
          name: 'state',
          label: t('web.sittings.state'),
          value: asked.state,
          options: sittingStates.map((s) => ({ value: s, label: name('sitting_state', s) })),
        },
        {
          name: 'level',
          label: t('web.sittings.levels'),
          value: asked.level,
          options: (['junior', 'intermediate', 'senior'] as const).map((l) => ({ value: l, label: name('level', l) })),
        },
      ]}
      columns={columns}
      query={sittings}
      search={asked}
      standing="-starts_at"
      open={open}
      detail={(id) => {
        const close = () => change({ sitting: undefined })
        if (id === 'new') return <Making onClose={close} onMade={(made) => change({ sitting: made })} />
        return <Detail key={id} id={id} onClose={close} />
      }}
      none={{ title: t('web.sittings.none'), advice: t('web.sittings.none_advice') }}
    />
  )
}

/** Whom a sitting is for. */
export function Target({ of }: { of: Sitting }) {
  const { lang } = useWords()
  return [of.occupations, of.levels]
    .map((some) =>
      list(
        lang,
        some.map((one) => one.name),
      ),
    )
    .join(' · ')
}

const tones: Record<string, string> = { open: 'now', closed: 'still', over: 'good', cancelled: 'bad' }

export function State({ of }: { of: Sitting }) {
  return <span className={`mark ${tones[of.state.code] ?? 'still'}`}>{of.state.name}</span>
}
