import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import type { Column } from '../../list/listing'
import { ListPage, Opener, part, useChange } from '../../list/page'
import { invitationStates } from '../../router'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Reach } from '../accounts/accounts'

const Detail = lazy(() => import('./detail').then((m) => ({ default: m.InvitationDetail })))
const Inviting = lazy(() => import('./inviting').then((m) => ({ default: m.Inviting })))

export type Invitation = Schema['InvitationView']

/** Who was invited to make an account, and what became of it. */
export function Invitations() {
  const { t, lang } = useWords()
  const { account: own } = useSession()
  const { invitation: open, ...asked } = useSearch({ from: '/inside/invitations' })
  const change = useChange()
  const close = () => change({ invitation: undefined })
  const all = useQuery({
    queryKey: ['invitations'],
    queryFn: async () => (await answer(api.GET('/v1/invitations'))).invitations,
  })
  const fitting = all.data?.filter((i) => !asked.state || i.state === asked.state)
  const whose: Column<Invitation>[] = [
    { key: 'role', title: t('web.accounts.role'), render: (row) => t(`web.role.${row.role}`) },
    { key: 'reach', title: t('web.accounts.reach'), render: (row) => <Reach of={row} /> },
  ]
  const columns: Column<Invitation>[] = [
    {
      key: 'label',
      title: t('web.accounts.label'),
      render: (row) => (
        <Opener field="invitation" id={row.id}>
          {row.label}
        </Opener>
      ),
    },
    ...(own.role === 'administrator' ? whose : []),
    { key: 'invited', title: t('web.invitations.invited'), render: (row) => moment(lang, row.invited_at) },
    { key: 'expires', title: t('web.invitations.expires'), render: (row) => moment(lang, row.expires_at) },
    { key: 'state', title: t('web.accounts.state'), render: (row) => <State state={row.state} /> },
  ]
  return (
    <ListPage
      heading={t('web.place.people')}
      lead={own.institution?.name ?? t('web.accounts.lead')}
      action={
        <Button type="primary" onClick={() => change({ invitation: 'new' })}>
          {t('web.invitations.invite')}
        </Button>
      }
      name={t('web.invitations.title')}
      filters={[
        {
          name: 'state',
          label: t('web.accounts.state'),
          value: asked.state,
          options: invitationStates.map((s) => ({ value: s, label: t(`web.invitation_state.${s}`) })),
        },
      ]}
      columns={columns}
      query={{ ...all, data: fitting && part(fitting, asked.page) }}
      search={asked}
      open={open}
      detail={(id) => {
        if (id === 'new') return <Inviting onClose={close} />
        const opened = all.data?.find((row) => row.id === id)
        return opened && <Detail invitation={opened} onClose={close} />
      }}
      none={{ title: t('web.invitations.none'), advice: t('web.invitations.none_advice') }}
    />
  )
}

const tones = { open: 'now', accepted: 'good', revoked: 'still', expired: 'still' } as const

export function State({ state }: { state: Invitation['state'] }) {
  const { t } = useWords()
  return <span className={`mark ${tones[state]}`}>{t(`web.invitation_state.${state}`)}</span>
}
