import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy } from 'react'
import { answer, api, type Schema } from '../../api/client'
import type { Column } from '../../list/listing'
import { ListPage, Opener, part, useChange } from '../../list/page'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

const Detail = lazy(() => import('./detail').then((m) => ({ default: m.ListDetail })))
const Importing = lazy(() => import('./importing').then((m) => ({ default: m.Importing })))

type Summary = Schema['ListSummary']

/** The published lists of institutions, as they were imported. */
export function Lists() {
  const { t, lang } = useWords()
  const { list: open, ...asked } = useSearch({ from: '/inside/lists' })
  const change = useChange()
  const close = () => change({ list: undefined })
  const all = useQuery({
    queryKey: ['lists'],
    queryFn: async () => (await answer(api.GET('/v1/list-snapshots'))).list_snapshots,
  })
  const columns: Column<Summary>[] = [
    {
      key: 'document',
      title: t('web.lists.document'),
      render: (row) => (
        <Opener field="list" id={row.id}>
          {row.document}
        </Opener>
      ),
    },
    { key: 'year', title: t('web.lists.year'), render: (row) => row.list_year },
    {
      key: 'from',
      title: t('web.lists.valid_from'),
      render: (row) => <span className="nowrap">{row.valid_from}</span>,
    },
    { key: 'rows', title: t('web.lists.rows'), render: (row) => row.bodies + row.ce_bases },
    { key: 'imported', title: t('web.lists.imported'), render: (row) => moment(lang, row.imported_at) },
    { key: 'state', title: t('web.lists.state'), render: (row) => <State state={row.state} /> },
  ]
  return (
    <ListPage
      heading={t('web.place.lists')}
      lead={t('web.lists.lead')}
      action={
        <Button type="primary" onClick={() => change({ list: 'new' })}>
          {t('web.lists.import')}
        </Button>
      }
      filters={[]}
      columns={columns}
      query={{ ...all, data: all.data && part(all.data, asked.page) }}
      search={asked}
      open={open}
      detail={(id) =>
        id === 'new' ? (
          <Importing onClose={close} onImported={(list) => change({ list })} />
        ) : (
          <Detail id={id} onClose={close} />
        )
      }
      none={{ title: t('web.lists.none'), advice: t('web.lists.lead') }}
    />
  )
}

const tones = { draft: 'now', applied: 'good', discarded: 'still' } as const

export function State({ state }: { state: Summary['state'] }) {
  const { t } = useWords()
  return <span className={`mark ${tones[state]}`}>{t(`web.list_state.${state}`)}</span>
}
