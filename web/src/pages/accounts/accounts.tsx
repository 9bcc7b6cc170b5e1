import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { lazy } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import type { Column } from '../../list/listing'
import { ListPage, Opener, size, useChange } from '../../list/page'
import { who } from '../../shell/who'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

const Closing = lazy(() => import('./closing').then((m) => ({ default: m.Closing })))

export type Account = Schema['AccountRow']

const roles = ['trainee', 'institution', 'operator', 'administrator', 'employer'] as const
const states = ['active', 'closed'] as const

/** Accounts, for those who keep them: everybody's, or those of one's own institution. */
export function Accounts() {
  const { t, lang } = useWords()
  const { account: own } = useSession()
  const { account: open, ...asked } = useSearch({ from: '/inside/accounts' })
  const change = useChange()
  const list = useQuery({
    queryKey: ['accounts', asked],
    queryFn: async () => {
      const query = { ...asked, sort: asked.sort ?? '-created_at', page: asked.page ?? 1, limit: size } as const
      const { accounts, total } = await answer(api.GET('/v1/accounts', { params: { query } }))
      return { rows: accounts, total: total ?? accounts.length }
    },
    placeholderData: keepPreviousData,
  })
  const everybody = own.role === 'administrator'
  const whose: Column<Account>[] = [
    { key: 'role', title: t('web.accounts.role'), render: (row) => t(`web.role.${row.role}`) },
    { key: 'reach', title: t('web.accounts.reach'), render: (row) => <Reach of={row} /> },
  ]
  const columns: Column<Account>[] = [
    {
      key: 'label',
      title: t('web.accounts.label'),
      render: (row) => (
        <Opener field="account" id={row.id}>
          {who(t, row)}
        </Opener>
      ),
    },
    ...(everybody ? whose : []),
    { key: 'ways', title: t('web.accounts.ways'), render: (row) => <Ways account={row} /> },
    {
      key: 'created',
      title: t('web.accounts.created'),
      sort: 'created_at',
      render: (row) => moment(lang, row.created_at),
    },
    {
      key: 'seen',
      title: t('web.accounts.seen'),
      sort: 'last_seen_at',
      render: (row) => (row.last_seen_at ? moment(lang, row.last_seen_at) : '—'),
    },
    { key: 'state', title: t('web.accounts.state'), render: (row) => <State state={row.state} /> },
  ]
  const role = {
    name: 'role',
    label: t('web.accounts.role'),
    value: asked.role,
    options: roles.map((r) => ({ value: r, label: t(`web.role.${r}`) })),
  }
  const state = {
    name: 'state',
    label: t('web.accounts.state'),
    value: asked.state,
    options: states.map((s) => ({ value: s, label: t(`web.account_state.${s}`) })),
  }
  return (
    <ListPage
      heading={t('web.place.people')}
      lead={own.institution?.name ?? t('web.accounts.lead')}
      name={t('web.accounts.title')}
      filters={everybody ? [role, state] : [state]}
      columns={columns}
      query={list}
      search={asked}
      standing="-created_at"
      open={open}
      detail={(id) => {
        const opened = list.data?.rows.find((row) => row.id === id)
        return opened && <Closing account={opened} onClose={() => change({ account: undefined })} />
      }}
    />
  )
}

export function State({ state }: { state: Account['state'] }) {
  const { t } = useWords()
  return <span className={`mark ${state === 'active' ? 'good' : 'still'}`}>{t(`web.account_state.${state}`)}</span>
}

/** For whom, or for where, an account acts. */
export function Reach({ of }: { of: Pick<Account, 'institution' | 'district' | 'role'> }) {
  const { t } = useWords()
  return of.institution?.name ?? of.district ?? (of.role === 'operator' ? t('web.accounts.city') : '—')
}

/** How an account gets in. */
export function Ways({ account }: { account: Account }) {
  const { t } = useWords()
  const ways = [
    account.login && t('web.accounts.by_login', { login: account.login }),
    account.linked && t('web.accounts.by_provider'),
    account.machine && t('web.accounts.by_key'),
  ].filter(Boolean)
  return ways.length ? ways.join(' · ') : '—'
}
