import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy, Suspense } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import type { Column } from '../../list/listing'
import { ListPage, Opener, size, useChange } from '../../list/page'
import { noticeStates } from '../../router'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

const Detail = lazy(() => import('./detail').then((m) => ({ default: m.NoticeDetail })))
const Mentions = lazy(() => import('./mentions').then((m) => ({ default: m.Mentions })))
const Mailboxes = lazy(() => import('./mailboxes').then((m) => ({ default: m.Mailboxes })))

export type Notice = Schema['NoticeView']

/** What there is to be told of, and where it is mailed to. */
export function Notices() {
  const { t, lang } = useWords()
  const { account } = useSession()
  const { notice: open, ...asked } = useSearch({ from: '/inside/notices' })
  const change = useChange()
  const close = () => change({ notice: undefined })
  const list = useQuery({
    queryKey: ['notices', asked],
    queryFn: async () => {
      const query = { ...asked, page: asked.page ?? 1, limit: size }
      const { notices, total } = await answer(api.GET('/v1/notices', { params: { query } }))
      return { rows: notices, total }
    },
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  })
  const about: Column<Notice>[] = [
    { key: 'institution', title: t('web.role.institution'), render: (row) => row.institution?.name },
  ]
  const columns: Column<Notice>[] = [
    {
      key: 'title',
      title: t('web.notices.what'),
      render: (row) => (
        <Opener field="notice" id={row.id}>
          {row.title}
        </Opener>
      ),
    },
    ...(account.role === 'operator' ? about : []),
    { key: 'at', title: t('web.notices.at'), render: (row) => moment(lang, row.created_at) },
    { key: 'state', title: t('web.accounts.state'), render: (row) => <State of={row} /> },
  ]
  // Where the programme's own notices go to is the city's to say.
  const names = account.role === 'institution' || !account.district
  return (
    <ListPage
      {...(account.role === 'operator'
        ? {
            above: (
              <Suspense>
                <Mentions />
              </Suspense>
            ),
          }
        : {})}
      heading={t('web.place.notices')}
      lead={t('web.notices.lead')}
      action={names && <Button onClick={() => change({ notice: 'mailboxes' })}>{t('web.notices.mailboxes')}</Button>}
      filters={[
        {
          name: 'state',
          label: t('web.accounts.state'),
          value: asked.state,
          options: noticeStates.map((s) => ({ value: s, label: t(`web.notice_state.${s}`) })),
        },
      ]}
      columns={columns}
      query={list}
      search={asked}
      open={open}
      detail={(id) => {
        if (id === 'mailboxes') return <Mailboxes onClose={close} />
        const opened = list.data?.rows.find((row) => row.id === id)
        return opened && <Detail of={opened} onClose={close} />
      }}
      none={{ title: t('web.notices.none'), advice: t('web.notices.none_advice') }}
    />
  )
}

export function State({ of }: { of: Notice }) {
  const { t } = useWords()
  return of.acknowledged_at ? (
    <span className="mark good">{t('web.notice_state.acknowledged')}</span>
  ) : (
    <span className="mark warn">{t('web.notice_state.open')}</span>
  )
}
