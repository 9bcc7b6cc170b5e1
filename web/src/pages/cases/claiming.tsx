import { useMutation, useQueryClient } from '@tanstack/react-query'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import type { Verb } from '../../list/picked'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'

const Assigning = lazy(() => import('./assigning').then((m) => ({ default: m.Assigning })))

type Body = Schema['AssignmentsBody']

/** Has an operator see to cases: at most so many at once as the interface takes. */
export function useAssign() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: Body) => answer(api.POST('/v1/assignments', { body })),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['cases'] })
      void queries.invalidateQueries({ queryKey: ['incidents'] })
    },
  })
}

/**
 * The verbs of who sees to a case: to claim, at once, and to hand over, with a reason. What became of it is said, for each
 * that could not be claimed too.
 */
export function useClaiming<T>(caseOf: (row: T) => string | undefined): { verbs: Verb<T>[]; said: ReactNode } {
  const { t } = useWords()
  const claim = useAssign()
  const [handing, hand] = useState<string[]>()
  const casesOf = (rows: T[]) => [...new Set(rows.map(caseOf).filter((id) => id !== undefined))]
  const verbs: Verb<T>[] = [
    {
      id: 'claim',
      name: t('web.cases.claim'),
      key: 'c',
      many: true,
      run: (rows) => {
        const cases = casesOf(rows)
        if (cases.length > 0) claim.mutate({ assignee: 'me', cases })
      },
    },
    {
      id: 'assign',
      name: t('web.cases.assign'),
      key: 'a',
      many: true,
      run: (rows) => hand(casesOf(rows)),
    },
  ]
  const others = claim.data?.cases.filter((c) => c.outcome === 'case_assigned').length ?? 0
  const said = (
    <>
      {claim.error && <Trouble error={claim.error} />}
      {claim.data && (
        <p>
          {t('web.cases.claimed', { n: claim.data.assigned })}
          {others > 0 && ` ${t('web.cases.others', { n: others })}`}
        </p>
      )}
      {handing && (
        <Suspense>
          <Assigning cases={handing} close={() => hand(undefined)} />
        </Suspense>
      )}
    </>
  )
  return { verbs, said }
}
