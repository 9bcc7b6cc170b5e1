import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { lazy } from 'react'
import { answer, api, type Schema } from '../../api/client'
import type { Column } from '../../list/listing'
import { ListPage, Opener, size, useChange } from '../../list/page'
import { claimStates } from '../../router'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { ClaimState } from './state'

const Detail = lazy(() => import('./detail').then((m) => ({ default: m.ClaimDetail })))

type Claim = Schema['PersonClaimView']

/** Who says that they are a person whom another account is: compared and decided by two of the city. */
export function Claims() {
  const { t, lang, name } = useWords()
  const { claim: open, ...asked } = useSearch({ from: '/inside/claims' })
  const change = useChange()
  const { state, page = 1 } = asked
  const list = useQuery({
    queryKey: ['claims', asked],
    queryFn: async () => {
      const query = { ...(state && { state }), page, limit: size }
      const { claims, total } = await answer(api.GET('/v1/person-claims', { params: { query } }))
      return { rows: claims, total: total ?? 0 }
    },
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  })
  const columns: Column<Claim>[] = [
    {
      key: 'at',
      title: t('web.claims.asked_at'),
      render: (row) => (
        <Opener field="claim" id={row.id}>
          {moment(lang, row.asked_at)}
        </Opener>
      ),
    },
    { key: 'state', title: t('web.accounts.state'), render: (row) => <ClaimState of={row} /> },
    { key: 'reason', title: t('web.approvals.reason'), render: (row) => row.reason ?? '—' },
  ]
  return (
    <ListPage
      heading={t('web.claims.title')}
      lead={t('web.claims.lead')}
      filters={[
        {
          name: 'state',
          label: t('web.accounts.state'),
          value: state,
          options: claimStates.map((s) => ({ value: s, label: name('claim_state', s) })),
        },
      ]}
      columns={columns}
      query={list}
      search={asked}
      open={open}
      detail={(id) => <Detail id={id} onClose={() => change({ claim: undefined })} />}
      none={{ title: t('web.claims.none'), advice: t('web.claims.none_advice') }}
    />
  )
}
