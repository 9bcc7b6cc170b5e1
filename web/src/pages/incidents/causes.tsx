import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { answer, api, type Schema } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'

interface Props {
  cause: string | undefined
  stage: string | undefined
  institution: string | undefined
  onPick: (change: Record<string, string | undefined>) => void
}

/** What is stuck now, counted by what it has in common. A count narrows the list below it, and again shows all. */
export function Causes({ cause, stage, institution, onPick }: Props) {
  const { t, name } = useWords()
  const groups = useQuery({
    queryKey: ['incidents', 'groups'],
    queryFn: () => answer(api.GET('/v1/incidents', { params: { query: { group_by: 'cause', limit: 200 } } })),
    refetchInterval: 5_000,
  })
  if (groups.error && !groups.data) return <Trouble error={groups.error} again={() => void groups.refetch()} />
  const all = groups.data?.groups ?? []
  if (all.length === 0) return null
  return (
    <section className="causes" aria-label={t('web.incidents.by_cause')}>
      {all.map((g) => {
        if (g.endpoint_id) return <Stopped key={g.endpoint_id} group={g} />
        const picked = cause === g.cause && stage === g.stage && institution === g.institution?.id
        return (
          <button
            key={`${g.cause} ${g.stage} ${g.institution?.id ?? ''}`}
            type="button"
            className="cause"
            aria-pressed={picked}
            onClick={() =>
              onPick({
                cause: picked ? undefined : g.cause,
                stage: picked ? undefined : g.stage,
                institution: picked ? undefined : g.institution?.id,
                page: undefined,
              })
            }
          >
            <span className="cause-count">{g.count}</span>
            <span className="cause-title">{g.title}</span>
            <span className="small quiet">
              {name('stage', g.stage)}
              {g.institution && ` · ${g.institution.name}`}
            </span>
          </button>
        )
      })}
    </section>
  )
}

/** Events wait behind an endpoint: one thing, however many cases they are of. What is to be done is done to the endpoint. */
function Stopped({ group }: { group: Schema['IncidentGroup'] }) {
  const { t } = useWords()
  return (
    <Link className="cause" to="/endpoints" search={{ endpoint: group.endpoint_id ?? '' }}>
      <span className="cause-count">{group.count}</span>
      <span className="cause-title">{group.title}</span>
      <span className="small quiet">
        {group.institution?.name} · {t('web.incidents.cases_behind', { n: group.cases ?? 0 })}
      </span>
    </Link>
  )
}
