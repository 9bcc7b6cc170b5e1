import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import type { Column } from '../../list/listing'
import { ListPage, Opener, part, useChange } from '../../list/page'
import { certificateKinds } from '../../router'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

const Detail = lazy(() => import('./detail').then((m) => ({ default: m.ProfileDetail })))
const Proposing = lazy(() => import('./proposing').then((m) => ({ default: m.Proposing })))

export type Profile = Schema['IssuerProfileView']

/** What institutions set for the certificates that they issue, a version after another; operators decide on it. */
export function Issuing() {
  const { t, lang, name } = useWords()
  const { account } = useSession()
  const { profile: open, ...asked } = useSearch({ from: '/inside/issuing' })
  const change = useChange()
  const close = () => change({ profile: undefined })
  const all = useQuery({
    queryKey: ['issuing'],
    queryFn: () => answer(api.GET('/v1/issuer-profiles', { params: { query: { limit: 200 } } })),
  })
  const fitting = all.data?.issuer_profiles.filter((p) => !asked.kind || p.kind.code === asked.kind)
  const whose: Column<Profile>[] = [
    { key: 'issuer', title: t('web.certificates.issuer'), render: (row) => row.institution.name },
  ]
  const columns: Column<Profile>[] = [
    {
      key: 'version',
      title: t('web.issuing.version'),
      render: (row) => (
        <Opener field="profile" id={row.id}>
          {t('web.issuing.version_n', { n: row.version })}
        </Opener>
      ),
    },
    { key: 'kind', title: t('web.certificates.kind'), render: (row) => row.kind.name },
    ...(account.role === 'operator' ? whose : []),
    { key: 'example', title: t('web.issuing.example'), render: (row) => <span className="mono">{row.example}</span> },
    { key: 'at', title: t('web.issuing.proposed_at'), render: (row) => moment(lang, row.proposed_at) },
    { key: 'state', title: t('web.certificates.status'), render: (row) => <State of={row} /> },
  ]
  const mayPropose = account.role === 'institution' && (all.data?.kinds.length ?? 0) > 0
  return (
    <ListPage
      heading={t('web.place.issuing')}
      lead={account.institution?.name ?? t('web.issuing.lead')}
      action={
        mayPropose && (
          <Button type="primary" onClick={() => change({ profile: 'new' })}>
            {t('web.issuing.propose')}
          </Button>
        )
      }
      filters={[
        {
          name: 'kind',
          label: t('web.certificates.kind'),
          value: asked.kind,
          options: certificateKinds.map((k) => ({ value: k, label: name('certificate', k) })),
        },
      ]}
      columns={columns}
      query={{ ...all, data: fitting && part(fitting, asked.page) }}
      search={asked}
      open={open}
      detail={(id) => {
        if (id === 'new') return all.data && <Proposing kinds={all.data.kinds} onClose={close} />
        const opened = all.data?.issuer_profiles.find((row) => row.id === id)
        return opened && <Detail profile={opened} onClose={close} />
      }}
      none={{ title: t('web.issuing.none'), advice: t('web.issuing.none_advice') }}
    />
  )
}

const tones: Record<string, string> = { proposed: 'now', approved: 'still', refused: 'bad', overtaken: 'still' }

/** What became of a version; the one that certificates carry now says so. */
export function State({ of }: { of: Profile }) {
  const { t } = useWords()
  if (of.in_force) return <span className="mark good">{t('web.issuing.in_force')}</span>
  return <span className={`mark ${tones[of.state.code]}`}>{of.state.name}</span>
}
