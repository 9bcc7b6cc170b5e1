import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy } from 'react'
import { answer, api, type Schema } from '../../api/client'
import type { Column } from '../../list/listing'
import { ListPage, Opener, part, useChange } from '../../list/page'
import { mergeStates } from '../../router'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

const Detail = lazy(() => import('./detail').then((m) => ({ default: m.MergeDetail })))
const Asking = lazy(() => import('./asking').then((m) => ({ default: m.Asking })))

export type Merge = Schema['MergeView']

/** How many of the latest are read: two records are rarely one person. */
const most = 200

/** Two records that are one person: what one operator asked for, and another decides. */
export function Merges() {
  const { t, lang, name } = useWords()
  const { merge: open, page, kept, ...asked } = useSearch({ from: '/inside/merges' })
  const change = useChange()
  const close = () => change({ merge: undefined, kept: undefined })
  const list = useQuery({
    queryKey: ['merges', asked],
    queryFn: async () => {
      const query = { ...asked, limit: most }
      const { merges } = await answer(api.GET('/v1/merges', { params: { query } }))
      return merges
    },
    placeholderData: keepPreviousData,
  })
  const columns: Column<Merge>[] = [
    {
      key: 'what',
      title: t('web.approvals.what'),
      render: (row) => (
        <Opener field="merge" id={row.id}>
          {t(row.reverses ? 'web.merges.back' : 'web.merges.one')}
        </Opener>
      ),
    },
    { key: 'reason', title: t('web.approvals.reason'), render: (row) => row.reason },
    { key: 'by', title: t('web.approvals.by'), render: (row) => (row.mine ? t('web.approvals.me') : row.by.label) },
    { key: 'at', title: t('web.approvals.at'), render: (row) => moment(lang, row.requested_at) },
    { key: 'state', title: t('web.accounts.state'), render: (row) => <State of={row} /> },
  ]
  return (
    <ListPage
      heading={t('web.merges.title')}
      lead={t('web.merges.lead')}
      action={
        <Button type="primary" onClick={() => change({ merge: 'new' })}>
          {t('web.merges.ask')}
        </Button>
      }
      filters={[
        {
          name: 'state',
          label: t('web.accounts.state'),
          value: asked.state,
          options: mergeStates.map((s) => ({ value: s, label: name('merge_state', s) })),
        },
      ]}
      columns={columns}
      query={{ ...list, data: list.data && part(list.data, page) }}
      search={{ ...asked, ...(page && { page }) }}
      open={open}
      detail={(id) =>
        id === 'new' ? (
          <Asking kept={kept} onClose={close} onAsked={(made) => change({ merge: made, kept: undefined })} />
        ) : (
          <Detail id={id} onClose={close} />
        )
      }
      none={{ title: t('web.merges.none'), advice: t('web.merges.none_advice') }}
    />
  )
}

const tones: Record<string, string> = { open: 'warn', approved: 'good', refused: 'bad' }

export function State({ of }: { of: Merge }) {
  return <span className={`mark ${tones[of.state.code] ?? 'still'}`}>{of.state.name}</span>
}
