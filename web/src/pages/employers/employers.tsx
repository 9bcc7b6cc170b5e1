import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import { useEmployerFields } from '../../list/deskfields'
import { both, condition } from '../../list/expression'
import type { Column } from '../../list/listing'
import { Opener, size, useChange } from '../../list/page'
import { ToolPage } from '../../list/toolpage'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

const Registering = lazy(() => import('./registering').then((m) => ({ default: m.Registering })))
const Inviting = lazy(() => import('./inviting').then((m) => ({ default: m.Inviting })))

export type Employer = Schema['EmployerView']

/** Employers that sponsor classes for their people. */
export function Employers() {
  const { t, lang } = useWords()
  const { account } = useSession()
  const { employer: open, ...asked } = useSearch({ from: '/inside/employers' })
  const change = useChange()
  const mayRegister = !account.district
  const { q, filter, sort, page = 1 } = asked
  const whole = both(condition('name', q), filter)
  const list = useQuery({
    queryKey: ['employers', { whole, sort, page }],
    queryFn: async () => {
      const query = { ...(whole ? { filter: whole } : {}), ...(sort && { sort }), page, limit: size }
      const { employers, total } = await answer(api.GET('/v1/employers', { params: { query } }))
      return { rows: employers, total: total ?? employers.length }
    },
    placeholderData: keepPreviousData,
  })
  const columns: Column<Employer>[] = [
    {
      key: 'name',
      inFile: ['id', 'employer'],
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
    {
      key: 'registered',
      inFile: ['registered_at'],
      title: t('web.fields.registered'),
      spare: true,
      render: (row) => moment(lang, row.registered_at),
    },
  ]
  const close = () => change({ employer: undefined })
  return (
    <ToolPage
      list="employers"
      heading={t('web.employers.title')}
      lead={t('web.employers.lead')}
      action={
        mayRegister && (
          <Button type="primary" onClick={() => change({ employer: 'new' })}>
            {t('web.employers.register')}
          </Button>
        )
      }
      filters={[{ name: 'q', label: t('web.employers.find'), value: q, type: 'search' }]}
      fields={useEmployerFields()}
      columns={columns}
      query={list}
      search={asked}
      whole={whole}
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
