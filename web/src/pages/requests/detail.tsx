import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { answer, api } from '../../api/client'
import { useSession } from '../../api/session'
import { Arrived } from '../../shell/arrived'
import { Aside } from '../../shell/aside'
import { Waiting } from '../../shell/waiting'
import { useWords } from '../../words/words'
import { Files } from './files'
import { Said } from './said'
import { Steps } from './steps'

const CarryingOut = lazy(() => import('./carrying').then((m) => ({ default: m.CarryingOut })))

/** One request: what was asked and said, and the step that is next. */
export function RequestSheet({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useWords()
  const { account } = useSession()
  const shown = useQuery({
    queryKey: ['requests', 'one', id],
    queryFn: () => answer(api.GET('/v1/petitions/{id}', { params: { path: { id } } })),
  })
  return (
    <Aside onClose={onClose} title={shown.data?.kind.name ?? t('web.requests.one')}>
      <Arrived of={shown}>
        {(of) => (
          <div className="stack">
            <Said of={of} />
            <Files of={of} />
            {account.role !== 'institution' && of.case_id && (
              <Link to="/cases/$id" params={{ id: of.case_id }}>
                {t('web.incidents.to_case')}
              </Link>
            )}
            <Steps of={of} />
            {of.steps.some((s) => s.step === 'carrying_out') && (
              <Suspense fallback={<Waiting rows={3} />}>
                <CarryingOut of={of} />
              </Suspense>
            )}
          </div>
        )}
      </Arrived>
    </Aside>
  )
}
