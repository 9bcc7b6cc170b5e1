import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { lazy } from 'react'
import { answer, api, type Schema } from '../../api/client'
import type { Column } from '../../list/listing'
import { ListPage, Opener, size, useChange } from '../../list/page'
import { letterReasons, letterStates } from '../../router'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { LetterState } from './state'

const Sheet = lazy(() => import('./detail').then((m) => ({ default: m.LetterSheet })))

type Letter = Schema['LetterView']

/** Answers that no case could take, for an operator to apply or to discard. */
export function Letters() {
  const { t, name, lang } = useWords()
  const { letter: open, ...asked } = useSearch({ from: '/inside/dead-letters' })
  const change = useChange()
  const list = useQuery({
    queryKey: ['letters', asked],
    queryFn: async () => {
      const query = { ...asked, sort: asked.sort ?? 'received_at', page: asked.page ?? 1, limit: size } as const
      const { letters, total } = await answer(api.GET('/v1/dead-letters', { params: { query } }))
      return { rows: letters, total: total ?? letters.length }
    },
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  })
  const columns: Column<Letter>[] = [
    {
      key: 'reason',
      title: t('web.letters.reason'),
      render: (row) => (
        <Opener field="letter" id={row.id}>
          {row.reason.name}
        </Opener>
      ),
    },
    { key: 'institution', title: t('web.role.institution'), render: (row) => row.institution.name },
    {
      key: 'about',
      title: t('web.letters.about'),
      render: (row) => (
        <>
          {t(`web.letter_kind.${row.kind}`)}
          {row.task && ` · ${row.task.kind_name}`}
        </>
      ),
    },
    {
      key: 'received',
      title: t('web.letters.received'),
      sort: 'received_at',
      render: (row) => moment(lang, row.received_at),
    },
    { key: 'state', title: t('web.letters.state'), render: (row) => <LetterState of={row} /> },
  ]
  return (
    <ListPage
      heading={t('web.place.letters')}
      lead={t('web.letters.lead')}
      filters={[
        {
          name: 'state',
          label: t('web.letters.state'),
          value: asked.state,
          options: letterStates.map((s) => ({ value: s, label: t(`web.letter_state.${s}`) })),
        },
        {
          name: 'reason',
          label: t('web.letters.reason'),
          value: asked.reason,
          options: letterReasons.map((r) => ({ value: r, label: name('letter.reason', r) })),
        },
        { name: 'institution', label: t('web.deliveries.institution'), value: asked.institution, type: 'search' },
      ]}
      columns={columns}
      query={list}
      search={asked}
      standing="received_at"
      open={open}
      detail={(id) => <Sheet id={id} onClose={() => change({ letter: undefined })} />}
      none={{ title: t('web.letters.none'), advice: t('web.letters.none_advice') }}
    />
  )
}
