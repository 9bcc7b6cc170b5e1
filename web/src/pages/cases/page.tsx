import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useCaseFields } from '../../list/casefields'
import { ToolPage } from '../../list/toolpage'
import { useWords } from '../../words/words'
import { useClaiming } from './claiming'
import { useCaseColumns, useCaseName } from './columns'
import { type caseOrders, type ListedCase, useCases } from './list'

interface Props {
  /** Which list of cases it is, and what its address says beside what all of them do. */
  list: string
  also?: Record<string, string | undefined>
  heading: string
  lead: string
  above?: ReactNode
  search: { page?: number; sort?: (typeof caseOrders)[number]; filter?: string; columns?: string; view?: string }
  /** All that narrows the list. */
  whole: string
  standing: (typeof caseOrders)[number]
  none: { title: string; advice: string }
}

/** A list of cases, with what an operator does about them. */
export function CaseList({ search, whole, standing, ...page }: Props) {
  const { t } = useWords()
  const navigate = useNavigate()
  const query = useCases({ filter: whole, sort: search.sort ?? standing, page: search.page })
  const { verbs, said } = useClaiming<ListedCase>((row) => (row.queue ? row.id : undefined))
  return (
    <ToolPage
      {...page}
      file="cases"
      fields={useCaseFields()}
      columns={useCaseColumns()}
      query={query}
      search={search}
      whole={whole}
      standing={standing}
      call={useCaseName()}
      verbs={[
        ...verbs,
        {
          id: 'act',
          name: t('web.cases.act'),
          key: 'r',
          run: ([row]) => {
            if (row) void navigate({ to: '/cases/$id', params: { id: row.id }, search: { act: 'choose' } })
          },
        },
      ]}
      said={said}
    />
  )
}
