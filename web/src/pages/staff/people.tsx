import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { type Column, Listing } from '../../list/listing'
import { useChange } from '../../list/page'
import { useWords } from '../../words/words'
import type { Class } from '../classes/classes'

const Proving = lazy(() => import('./proving').then((m) => ({ default: m.Proving })))

type Member = Schema['StaffMember']

const size = 20

/** An employer's people in a class: how far they are, and nothing else of them. */
export function People({ of }: { of: Class }) {
  const { t } = useWords()
  const { page } = useSearch({ from: '/inside/staff' })
  const change = useChange()
  const [proving, setProving] = useState<Member>()
  const list = useQuery({
    queryKey: ['sponsored', of.id, 'staff', page],
    queryFn: async () => {
      const { staff, total } = await answer(
        api.GET('/v1/sponsored-classes/{id}/staff', {
          params: { path: { id: of.id }, query: { page: page ?? 1, limit: size } },
        }),
      )
      return { rows: staff.map((m, n) => ({ ...m, key: `${page ?? 1}/${n}` })), total }
    },
    placeholderData: keepPreviousData,
  })
  const columns: Column<Member & { key: string }>[] = [
    {
      key: 'name',
      title: t('web.sponsored.name'),
      render: (row) => (row.hidden ? <span className="quiet">{t('web.sponsored.hidden')}</span> : row.name),
    },
    { key: 'stage', title: t('web.sponsored.stage'), render: (row) => row.stage?.name ?? '' },
    { key: 'status', title: t('web.sponsored.status'), render: (row) => row.status?.name ?? '' },
    {
      key: 'hours',
      title: t('web.sponsored.hours'),
      render: (row) =>
        row.hidden
          ? ''
          : row.required === undefined
            ? (row.hours ?? 0)
            : t('web.sponsored.hours_of', { hours: row.hours ?? 0, required: row.required }),
    },
    {
      key: 'certificate',
      title: t('web.sponsored.certificate'),
      render: (row) =>
        row.training_certificate ? (
          <span className="nowrap">
            {row.training_certificate.number}{' '}
            {!row.training_certificate.valid && <span className="mark bad">{t('web.sponsored.not_valid')}</span>}
          </span>
        ) : row.hidden ? (
          ''
        ) : (
          t('web.sponsored.none_yet')
        ),
    },
    {
      key: 'proof',
      title: t('web.sponsored.proof'),
      render: (row) =>
        row.hidden ? (
          ''
        ) : (
          <Button size="small" aria-label={`${t('web.sponsored.prove')}: ${row.name}`} onClick={() => setProving(row)}>
            {t('web.sponsored.prove')}
          </Button>
        ),
    },
  ]
  return (
    <>
      <Listing
        name={t('web.sponsored.people')}
        columns={columns}
        rowKey={(row) => row.key}
        query={list}
        size={size}
        page={page}
        sort={undefined}
        standing=""
        onChange={change}
        open={undefined}
        empty={{ title: t('web.sponsored.nobody'), advice: t('web.sponsored.nobody_advice') }}
      />
      {proving && (
        <Suspense>
          <Proving of={of} member={proving} onClose={() => setProving(undefined)} />
        </Suspense>
      )}
    </>
  )
}
