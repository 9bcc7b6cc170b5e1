import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { answer, api } from '../../api/client'
import { useSession } from '../../api/session'
import { Aside } from '../../shell/aside'
import { Trouble } from '../../shell/notes'
import { Waiting } from '../../shell/waiting'
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
  const of = shown.data
  return (
    <Aside onClose={onClose} title={of?.act.name ?? t('web.misconduct.one')}>
      {shown.error && !of ? (
        <Trouble error={shown.error} again={() => void shown.refetch()} />
      ) : of ? (
        <div className="stack">
          <Account of={of} />
          {account.role === 'operator' && (
            <Link to="/cases/$id" params={{ id: of.case_id }}>
              {t('web.incidents.to_case')}
            </Link>
          )}
          <Steps of={of} />
        </div>
      ) : (
        <Waiting />
      )}
    </Aside>
  )
}
