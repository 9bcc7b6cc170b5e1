import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import { useMisconductFields } from '../../list/deskfields'
import { both, condition } from '../../list/expression'
import { optionsOf } from '../../list/fields'
import { steadily } from '../../list/held'
import type { Column } from '../../list/listing'
import { Opener, size, useChange } from '../../list/page'
import { ToolPage } from '../../list/toolpage'
import { misconductActs, misconductStates } from '../../router'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { MisconductState } from './state'

const Sheet = lazy(() => import('./detail').then((m) => ({ default: m.MisconductSheet })))
const Recording = lazy(() => import('./recording').then((m) => ({ default: m.Recording })))

type Misconduct = Schema['MisconductView']

/** States in which nothing is owed any more. */
const over = new Set(['dropped', 'delivered'])

/** Misconduct at evaluations, and how far each is: the institution's own, or what an operator reaches. */
export function MisconductPage() {
  const { t, name, lang } = useWords()
  const { account } = useSession()
  const { misconduct: open, ...asked } = useSearch({ from: '/inside/misconduct' })
  const change = useChange()
  const fields = useMisconductFields()
  const { state, act, institution, overdue, filter, sort = '-recorded_at', page = 1 } = asked
  const whole = both(
    condition('state', state),
    condition('act', act),
    condition('institution', institution),
    condition('overdue', overdue),
    filter,
  )
  const list = useQuery({
    queryKey: ['misconduct', { whole, sort, page }],
    queryFn: async () => {
      const query = { ...(whole ? { filter: whole } : {}), sort, page, limit: size }
      const { misconduct, total } = await answer(api.GET('/v1/misconduct', { params: { query } }))
      return { rows: misconduct, total: total ?? 0 }
    },
    placeholderData: keepPreviousData,
    refetchInterval: steadily(15_000),
  })
  const columns: Column<Misconduct>[] = [
    {
      key: 'act',
      inFile: ['id', 'case_id', 'act'],
      title: t('web.misconduct.act'),
      render: (row) => (
        <Opener field="misconduct" id={row.id}>
          {row.act.name}
        </Opener>
      ),
    },
    { key: 'part', title: t('web.misconduct.part'), render: (row) => row.part.name },
    { key: 'institution', title: t('web.role.institution'), render: (row) => row.institution.name },
    { key: 'occurred', title: t('web.misconduct.occurred'), render: (row) => row.occurred_on },
    {
      key: 'recorded',
      title: t('web.misconduct.recorded'),
      sort: 'recorded_at',
      render: (row) => moment(lang, row.recorded_at),
    },
    { key: 'state', title: t('web.misconduct.state'), render: (row) => <MisconductState of={row} /> },
    {
      key: 'due',
      title: t('web.misconduct.due'),
      sort: 'due_at',
      render: (row) =>
        row.due_at ? moment(lang, row.due_at) : over.has(row.state.code) ? '—' : t('web.misconduct.no_deadline'),
    },
  ]
  return (
    <ToolPage
      list="misconduct"
      heading={t('web.place.misconduct')}
      lead={t('web.misconduct.lead')}
      action={
        account.role === 'institution' && (
          <Button type="primary" onClick={() => change({ misconduct: 'new' })}>
            {t('web.misconduct.record')}
          </Button>
        )
      }
      filters={[
        {
          name: 'state',
          label: t('web.misconduct.state'),
          value: state,
          options: misconductStates.map((s) => ({ value: s, label: name('misconduct_state', s) })),
        },
        {
          name: 'act',
          label: t('web.misconduct.act'),
          value: act,
          options: misconductActs.map((a) => ({ value: a, label: name('misconduct_act', a) })),
        },
        ...(account.role === 'operator'
          ? [
              {
                name: 'institution',
                label: t('web.role.institution'),
                value: institution,
                options: optionsOf(fields, 'institution'),
              },
            ]
          : []),
        {
          name: 'overdue',
          label: t('web.misconduct.due'),
          value: overdue,
          options: [{ value: 'yes', label: t('web.misconduct.overdue') }],
        },
      ]}
      fields={fields}
      columns={columns}
      query={list}
      search={asked}
      whole={whole}
      verbs={[{ id: 'act', name: t('web.cases.act'), key: 'r', run: ([row]) => change({ misconduct: row?.id }) }]}
      standing="-recorded_at"
      open={open}
      detail={(id) =>
        id === 'new' ? (
          <Recording onClose={(made) => change({ misconduct: made })} />
        ) : (
          <Sheet id={id} onClose={() => change({ misconduct: undefined })} />
        )
      }
      none={{ title: t('web.misconduct.none'), advice: t('web.misconduct.none_advice') }}
    />
  )
}
