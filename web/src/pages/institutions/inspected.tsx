import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { answer, api } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import { State } from '../inspections/state'

/** The latest inspections of an institution. */
export function Inspected({ id }: { id: string }) {
  const { t } = useWords()
  const list = useQuery({
    queryKey: ['inspections', { institution: id }],
    queryFn: () => answer(api.GET('/v1/inspections', { params: { query: { institution: id, page: 1, limit: 10 } } })),
  })
  return (
    <section className="sheet stack close" aria-labelledby="inspected">
      <h2 id="inspected">{t('web.inspections.title')}</h2>
      {list.error && <Trouble error={list.error} again={() => void list.refetch()} />}
      {list.data?.inspections.length === 0 && <p className="quiet">{t('web.inspections.none')}</p>}
      <ul className="plain stack close">
        {list.data?.inspections.map((i) => (
          <li key={i.id}>
            <Link to="/inspections" search={{ inspection: i.id }}>
              {i.planned_on} {i.scope}
            </Link>{' '}
            <State of={i} />
          </li>
        ))}
      </ul>
    </section>
  )
}
