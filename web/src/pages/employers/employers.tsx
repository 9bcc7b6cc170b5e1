import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import type { Column } from '../../list/listing'
import { ListPage, Opener, size, useChange } from '../../list/page'
import { useWords } from '../../words/words'

const Registering = lazy(() => import('./registering').then((m) => ({ default: m.Registering })))
const Inviting = lazy(() => import('./inviting').then((m) => ({ default: m.Inviting })))

export type Employer = Schema['EmployerView']

/** Employers that sponsor classes for their people. */
export function Employers() {
  const { t } = useWords()
  const { account } = useSession()
  const { employer: open, ...asked } = useSearch({ from: '/inside/employers' })
  const change = useChange()
  const mayRegister = !account.district
  const list = useQuery({
    queryKey: ['employers', asked],
    queryFn: async () => {
      const query = { ...asked, page: asked.page ?? 1, limit: size }
      const { employers, total } = await answer(api.GET('/v1/employers', { params: { query } }))
      return { rows: employers, total: total ?? employers.length }
    },
    placeholderData: keepPreviousData,
  })
  const columns: Column<Employer>[] = [
    {
      key: 'name',
      title: t('web.employers.name'),
      sort: 'name',
      render: (row) =>
        mayRegister ? (
          <Opener field="employer" id={row.id}>
            {row.name}
          </Opener>
        ) : (
          row.name
        ),
    },
    { key: 'uscc', title: t('web.employers.uscc'), render: (row) => <code>{row.uscc}</code> },
    { key: 'district', title: t('web.employers.district'), render: (row) => row.district.name },
    { key: 'classes', title: t('web.employers.classes'), render: (row) => row.classes },
    { key: 'accounts', title: t('web.employers.accounts'), render: (row) => row.accounts },
  ]
  const close = () => change({ employer: undefined })
  return (
    <ListPage
      heading={t('web.employers.title')}
      lead={t('web.employers.lead')}
      action={
        mayRegister && (
          <Button type="primary" onClick={() => change({ employer: 'new' })}>
            {t('web.employers.register')}
          </Button>
        )
      }
      filters={[{ name: 'q', label: t('web.employers.find'), value: asked.q, type: 'search' }]}
      columns={columns}
      query={list}
      search={asked}
      standing=""
      open={open}
      detail={(id) => {
        if (id === 'new') return <Registering onClose={close} onMade={(made) => change({ employer: made })} />
        const known = list.data?.rows.find((e) => e.id === id)
        return known && <Inviting key={id} of={known} onClose={close} />
      }}
      none={{ title: t('web.employers.none'), advice: t('web.employers.none_advice') }}
    />
  )
}
