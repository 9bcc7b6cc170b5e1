import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import type { Column } from '../../list/listing'
import { ListPage, Opener, size, useChange } from '../../list/page'
import { classStates } from '../../router'
import { useWords } from '../../words/words'
import { Target } from './target'

const Detail = lazy(() => import('./detail').then((m) => ({ default: m.ClassDetail })))
const Making = lazy(() => import('./making').then((m) => ({ default: m.Making })))

export type Class = Schema['ClassView']

/** An institution's classes. */
export function Classes() {
  const { t, name } = useWords()
  const { account } = useSession()
  const { class: open, ...asked } = useSearch({ from: '/inside/classes' })
  const change = useChange()
  const list = useQuery({
    queryKey: ['classes', 'list', asked],
    queryFn: async () => {
      const query = { ...asked, sort: asked.sort ?? '-starts_on', page: asked.page ?? 1, limit: size } as const
      const { classes, total, today } = await answer(api.GET('/v1/classes', { params: { query } }))
      return { rows: classes, total: total ?? classes.length, today }
    },
    placeholderData: keepPreviousData,
  })
  const columns: Column<Class>[] = [
    {
      key: 'name',
      title: t('web.classes.one'),
      render: (row) => (
        <>
          <Opener field="class" id={row.id}>
            {row.name}
          </Opener>{' '}
          <span className="quiet small nowrap">{row.ref}</span>
        </>
      ),
    },
    { key: 'target', title: t('web.classes.target'), render: (row) => <Target of={row} /> },
    { key: 'starts', title: t('web.classes.starts'), sort: 'starts_on', render: (row) => row.starts_on },
    { key: 'ends', title: t('web.classes.ends'), sort: 'ends_on', render: (row) => row.ends_on },
    {
      key: 'size',
      title: t('web.classes.size'),
      render: (row) => t('web.classes.size_of', { n: row.size, capacity: row.capacity }),
    },
    { key: 'state', title: t('web.classes.state'), render: (row) => <State of={row} /> },
  ]
  return (
    <ListPage
      heading={t('web.place.classes')}
      lead={account.institution?.name}
      action={
        <Button type="primary" onClick={() => change({ class: 'new' })}>
          {t('web.classes.make')}
        </Button>
      }
      filters={[
        { name: 'q', label: t('web.classes.find'), value: asked.q, type: 'search' },
        {
          name: 'state',
          label: t('web.classes.state'),
          value: asked.state,
          options: classStates.map((s) => ({ value: s, label: name('class_state', s) })),
        },
        {
          name: 'level',
          label: t('web.classes.level'),
          value: asked.level,
          options: (['junior', 'intermediate', 'senior'] as const).map((l) => ({ value: l, label: name('level', l) })),
        },
      ]}
      columns={columns}
      query={list}
      search={asked}
      standing="-starts_on"
      open={open}
      detail={(id) => {
        const close = () => change({ class: undefined })
        if (id === 'new') {
          return (
            list.data && <Making today={list.data.today} onClose={close} onMade={(made) => change({ class: made })} />
          )
        }
        return <Detail key={id} id={id} onClose={close} />
      }}
      none={{ title: t('web.classes.none'), advice: t('web.classes.none_advice') }}
    />
  )
}

const tones = { planned: 'still', running: 'now', closed: 'good' } as const

export function State({ of }: { of: Class }) {
  return <span className={`mark ${tones[of.state]}`}>{of.state_name}</span>
}
