import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import type { Column } from '../../list/listing'
import { ListPage, Opener, part, useChange } from '../../list/page'
import { keyStates } from '../../router'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

const Detail = lazy(() => import('./detail').then((m) => ({ default: m.KeyDetail })))
const Making = lazy(() => import('./making').then((m) => ({ default: m.Making })))

export type APIKey = Schema['APIKeyView']

/** The keys that machines of institutions have. */
export function Keys() {
  const { t, lang } = useWords()
  const { account: own } = useSession()
  const { key: open, ...asked } = useSearch({ from: '/inside/api-keys' })
  const change = useChange()
  const close = () => change({ key: undefined })
  const all = useQuery({
    queryKey: ['keys'],
    queryFn: async () => (await answer(api.GET('/v1/api-keys'))).api_keys,
  })
  const fitting = all.data?.filter((k) => !asked.state || k.state === asked.state)
  const whose: Column<APIKey>[] = [
    { key: 'institution', title: t('web.role.institution'), render: (row) => row.institution.name },
  ]
  const columns: Column<APIKey>[] = [
    {
      key: 'label',
      title: t('web.accounts.label'),
      render: (row) => (
        <Opener field="key" id={row.id}>
          {row.label}
        </Opener>
      ),
    },
    ...(own.role === 'administrator' ? whose : []),
    { key: 'scopes', title: t('web.keys.scopes'), render: (row) => <Scopes of={row} /> },
    {
      key: 'used',
      title: t('web.keys.used'),
      render: (row) => (row.last_used_at ? moment(lang, row.last_used_at) : t('web.keys.unused')),
    },
    { key: 'expires', title: t('web.keys.expires'), render: (row) => <Expires of={row} /> },
    { key: 'state', title: t('web.accounts.state'), render: (row) => <State state={row.state} /> },
  ]
  return (
    <ListPage
      heading={t('web.place.keys')}
      lead={t('web.keys.lead')}
      action={
        <Button type="primary" onClick={() => change({ key: 'new' })}>
          {t('web.keys.make')}
        </Button>
      }
      filters={[
        {
          name: 'state',
          label: t('web.accounts.state'),
          value: asked.state,
          options: keyStates.map((s) => ({ value: s, label: t(`web.key_state.${s}`) })),
        },
      ]}
      columns={columns}
      query={{ ...all, data: fitting && part(fitting, asked.page) }}
      search={asked}
      open={open}
      detail={(id) => {
        if (id === 'new') return <Making onClose={close} />
        const opened = all.data?.find((row) => row.id === id)
        return opened && <Detail of={opened} onClose={close} />
      }}
      none={{ title: t('web.keys.none'), advice: t('web.keys.none_advice') }}
    />
  )
}

const tones = { active: 'good', replaced: 'warn', expired: 'still', revoked: 'still' } as const

export function State({ state }: { state: APIKey['state'] }) {
  const { t } = useWords()
  return <span className={`mark ${tones[state]}`}>{t(`web.key_state.${state}`)}</span>
}

/** What a key may be used for. */
export function Scopes({ of }: { of: APIKey }) {
  const { t } = useWords()
  return of.scopes.map((s) => t(`web.key_scope.${s}`)).join(' · ')
}

/** When a key ends by itself. */
export function Expires({ of }: { of: APIKey }) {
  const { t, lang } = useWords()
  return of.expires_at ? moment(lang, of.expires_at) : t('web.keys.never')
}
