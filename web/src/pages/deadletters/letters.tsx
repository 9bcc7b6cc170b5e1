import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { lazy } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useLetterFields } from '../../list/deskfields'
import { both, condition } from '../../list/expression'
import { optionsOf } from '../../list/fields'
import { steadily } from '../../list/held'
import type { Column } from '../../list/listing'
import { Opener, size, useChange } from '../../list/page'
import { ToolPage } from '../../list/toolpage'
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
  const fields = useLetterFields()
  const { state, reason, institution, filter, sort = 'received_at', page = 1 } = asked
  const whole = both(
    condition('state', state),
    condition('reason', reason),
    condition('institution', institution),
    filter,
  )
  const list = useQuery({
    queryKey: ['letters', { whole, sort, page }],
    queryFn: async () => {
      const query = { ...(whole ? { filter: whole } : {}), sort, page, limit: size }
      const { letters, total } = await answer(api.GET('/v1/dead-letters', { params: { query } }))
      return { rows: letters, total: total ?? letters.length }
    },
    placeholderData: keepPreviousData,
    refetchInterval: steadily(15_000),
  })
  const columns: Column<Letter>[] = [
    {
      key: 'reason',
      title: t('web.letters.reason'),
      inFile: ['id', 'why', 'case_id'],
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
      inFile: ['answer', 'task_kind', 'task_id'],
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
    { key: 'times', title: t('web.fields.times'), spare: true, render: (row) => row.times },
    {
      key: 'resolved',
      title: t('web.fields.resolved'),
      spare: true,
      inFile: ['resolved', 'resolution_reason'],
      render: (row) => (row.resolved_at ? moment(lang, row.resolved_at) : '—'),
    },
  ]
  return (
    <ToolPage
      list="dead-letters"
      file="dead_letters"
      heading={t('web.place.letters')}
      lead={t('web.letters.lead')}
      filters={[
        {
          name: 'state',
          label: t('web.letters.state'),
          value: state,
          options: letterStates.map((s) => ({ value: s, label: t(`web.letter_state.${s}`) })),
        },
        {
          name: 'reason',
          label: t('web.letters.reason'),
          value: reason,
          options: letterReasons.map((r) => ({ value: r, label: name('letter.reason', r) })),
        },
        {
          name: 'institution',
          label: t('web.fields.institution'),
          value: institution,
          options: optionsOf(fields, 'institution'),
        },
      ]}
      fields={fields}
      columns={columns}
      query={list}
      search={asked}
      whole={whole}
      verbs={[{ id: 'act', name: t('web.cases.act'), key: 'r', run: ([row]) => change({ letter: row?.id }) }]}
      standing="received_at"
      open={open}
      detail={(id) => <Sheet id={id} onClose={() => change({ letter: undefined })} />}
      none={{ title: t('web.letters.none'), advice: t('web.letters.none_advice') }}
    />
  )
}
