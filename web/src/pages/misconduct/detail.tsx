import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { answer, api } from '../../api/client'
import { useSession } from '../../api/session'
import { Arrived } from '../../shell/arrived'
import { Aside } from '../../shell/aside'
import { useWords } from '../../words/words'
import { Account } from './account'
import { Steps } from './steps'

/** One matter of misconduct: what was seen and said, and the step that is next. */
export function MisconductSheet({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useWords()
  const { account } = useSession()
  const shown = useQuery({
    queryKey: ['misconduct', 'one', id],
    queryFn: () => answer(api.GET('/v1/misconduct/{id}', { params: { path: { id } } })),
  })
  return (
    <Aside onClose={onClose} title={shown.data?.act.name ?? t('web.misconduct.one')}>
      <Arrived of={shown}>
        {(of) => (
          <div className="stack">
            <Account of={of} />
            {account.role === 'operator' && (
              <Link to="/cases/$id" params={{ id: of.case_id }}>
                {t('web.incidents.to_case')}
              </Link>
            )}
            <Steps of={of} />
          </div>
        )}
      </Arrived>
    </Aside>
  )
}
