import { useQuery } from '@tanstack/react-query'
import { answer, api } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import { Account } from './account'
import { Steps } from './steps'

/** What was recorded of the trainee in a case, for themselves: they read it and make a statement. Nothing where nothing was. */
export function OwnMisconduct({ caseID }: { caseID: string }) {
  const { t } = useWords()
  const list = useQuery({
    queryKey: ['misconduct', 'case', caseID],
    queryFn: async () => {
      const { misconduct } = await answer(api.GET('/v1/misconduct', { params: { query: { case: caseID, limit: 50 } } }))
      return Promise.all(
        misconduct.map(({ id }) => answer(api.GET('/v1/misconduct/{id}', { params: { path: { id } } }))),
      )
    },
  })
  if (list.error && !list.data) return <Trouble error={list.error} again={() => void list.refetch()} />
  return list.data?.map((of) => (
    <section className="sheet stack" key={of.id} aria-labelledby={`misconduct-${of.id}`}>
      <h2 id={`misconduct-${of.id}`}>{t('web.misconduct.own', { act: of.act.name })}</h2>
      <Account of={of} />
      <Steps of={of} />
    </section>
  ))
}
