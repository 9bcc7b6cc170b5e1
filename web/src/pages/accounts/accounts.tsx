import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { Filters } from '../../list/filters'
import { type Column, Listing } from '../../list/listing'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

const Closing = lazy(() => import('./closing').then((m) => ({ default: m.Closing })))

export type Account = Schema['AccountRow']

const size = 20
const roles = ['trainee', 'institution', 'operator', 'administrator'] as const
const states = ['active', 'closed'] as const

/** Everybody's accounts, for those who keep them. */
export function Accounts() {
  const { t, lang } = useWords()
  const search = useSearch({ from: '/inside/accounts' })
  const navigate = useNavigate({ from: '/accounts' })
  const { account: open, ...asked } = search
  const list = useQuery({
    queryKey: ['accounts', asked],
    queryFn: async () => {
      const query = { ...asked, sort: asked.sort ?? '-created_at', page: asked.page ?? 1, limit: size } as const
      const { accounts, total } = await answer(api.GET('/v1/accounts', { params: { query } }))
      return { rows: accounts, total: total ?? accounts.length }
    },
    placeholderData: keepPreviousData,
  })
  const change = (c: Record<string, string | number | undefined>) =>
    void navigate({ search: (before) => ({ ...before, ...c }) as typeof before })
  const columns: Column<Account>[] = [
    {
      key: 'label',
      title: t('web.accounts.label'),
      render: (row) => (
        <Link from="/accounts" to="." search={(before) => ({ ...before, account: row.id })} className="opener">
          {row.label}
        </Link>
      ),
    },
    { key: 'role', title: t('web.accounts.role'), render: (row) => t(`web.role.${row.role}`) },
    {
      key: 'reach',
      title: t('web.accounts.reach'),
      render: (row) =>
        row.institution?.name ?? row.district ?? (row.role === 'operator' ? t('web.accounts.city') : '—'),
    },
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
  const opened = list.data?.rows.find((row) => row.id === open)
  return (
    <>
      <header className="head stack close">
        <h1>{t('web.place.accounts')}</h1>
        <p className="quiet">{t('web.accounts.lead')}</p>
      </header>
      <Filters
        onChange={change}
        filters={[
          {
            name: 'role',
            label: t('web.accounts.role'),
            value: asked.role,
            options: roles.map((r) => ({ value: r, label: t(`web.role.${r}`) })),
          },
          {
            name: 'state',
            label: t('web.accounts.state'),
            value: asked.state,
            options: states.map((s) => ({ value: s, label: t(`web.account_state.${s}`) })),
          },
        ]}
      />
      <Listing
        name={t('web.place.accounts')}
        columns={columns}
        rowKey={(row) => row.id}
        query={list}
        size={size}
        page={asked.page}
        sort={asked.sort}
        standing="-created_at"
        onChange={change}
        open={open}
        empty={{ title: t('web.list.none_fit'), advice: t('web.list.none_fit_advice') }}
      />
      {opened && (
        <Suspense>
          <Closing account={opened} onClose={() => change({ account: undefined })} />
        </Suspense>
      )}
    </>
  )
}

export function State({ state }: { state: Account['state'] }) {
  const { t } = useWords()
  return <span className={`mark ${state === 'active' ? 'good' : 'still'}`}>{t(`web.account_state.${state}`)}</span>
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
