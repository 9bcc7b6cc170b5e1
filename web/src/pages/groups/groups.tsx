import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy, Suspense } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { useChange } from '../../list/page'
import { Coming } from '../../shell/arrived'
import { Menu } from '../../shell/menu'
import { Note, Trouble } from '../../shell/notes'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import './groups.css'

const Exporting = lazy(() => import('../../list/exporting').then((m) => ({ default: m.Exporting })))
const Acting = lazy(() => import('./acting').then((m) => ({ default: m.Acting })))

type Group = Schema['IncidentGroup']

const kinds = ['program', 'external', 'overdue', 'business'] as const

/** What is stuck, by what it has in common, as the four kinds of stuck that there are. One acts on a group as on one case. */
export function Groups() {
  const { t } = useWords()
  const { act, filter } = useSearch({ from: '/inside/groups' })
  const change = useChange()
  const groups = useQuery({
    queryKey: ['incidents', 'groups'],
    queryFn: () => answer(api.GET('/v1/incidents', { params: { query: { group_by: 'cause', limit: 200 } } })),
    refetchInterval: 5_000,
  })
  const all = groups.data?.groups ?? []
  const group = all.find((g) => keyOf(g) === act)
  const open: Target | undefined = filter
    ? {
        title: t('web.groups.filtered'),
        group: { filter },
        verbs: ['retry', 'extend', 'reassign', 'override', 'cancel'],
      }
    : group && targetOf(group)
  return (
    <div className="stack">
      <header className="head stack close">
        <div className="row apart">
          <h1>{t('web.groups.title')}</h1>
          {all.length > 0 && (
            <Menu label={t('web.export.title')} end>
              {(close) => (
                <Suspense>
                  <Exporting list="incident_groups" filter="" close={close} />
                </Suspense>
              )}
            </Menu>
          )}
        </div>
        <p className="quiet">{t('web.groups.lead')}</p>
      </header>
      {!groups.data && <Coming of={groups} rows={8} />}
      {groups.data && all.length === 0 && (
        <div className="sheet">
          <Note title={t('web.incidents.none')}>
            <p>{t('web.incidents.none_advice')}</p>
          </Note>
        </div>
      )}
      {all.length > 0 &&
        kinds.map((kind) => (
          <Kind
            key={kind}
            kind={kind}
            groups={all.filter((g) => g.kind === kind)}
            onAct={(g) => change({ act: keyOf(g) })}
          />
        ))}
      {open && (
        <Suspense>
          <Acting key={act ?? filter} of={open} onClose={() => change({ act: undefined, filter: undefined })} />
        </Suspense>
      )}
    </div>
  )
}

/** What a group is known by in the address. */
const keyOf = (g: Group) => g.endpoint_id ?? [g.cause, g.stage, g.institution?.id ?? ''].join('~')

/** What one acts on, and what can be done to it. */
export interface Target {
  title: string
  group: Schema['GroupBody']
  verbs: Schema['BatchBody']['verb'][]
}

const targetOf = (g: Group): Target => ({
  title: g.title,
  group: asked(g),
  verbs: g.endpoint_id ? ['resume_endpoint'] : (g.verbs.filter((v) => v !== 'correct') as Target['verbs']),
})

/** A group as the interface is asked about it. */
const asked = (g: Group): Schema['GroupBody'] =>
  g.endpoint_id
    ? { endpoint_id: g.endpoint_id }
    : {
        cause: g.cause,
        ...(g.stage ? { stage: g.stage as NonNullable<Schema['GroupBody']['stage']> } : {}),
        ...(g.institution ? { institution: g.institution.id } : {}),
      }

function Kind({ kind, groups, onAct }: { kind: (typeof kinds)[number]; groups: Group[]; onAct: (g: Group) => void }) {
  const { t } = useWords()
  return (
    <section className="stack close" aria-labelledby={`kind-${kind}`}>
      <h2 id={`kind-${kind}`}>
        {t(`web.incident_kind.${kind}`)} <span className="quiet small">{t(`web.groups.kind_means.${kind}`)}</span>
      </h2>
      {groups.length === 0 ? (
        <p className="quiet small">{t('web.groups.none_of_kind')}</p>
      ) : (
        <ul className="plain stack close">
          {groups.map((g) => (
            <li key={keyOf(g)}>
              <One group={g} onAct={() => onAct(g)} />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function One({ group: g, onAct }: { group: Group; onAct: () => void }) {
  const { t, name, lang } = useWords()
  const search = {
    cause: g.cause,
    ...(g.stage ? { stage: g.stage as never } : {}),
    ...(g.institution ? { institution: g.institution.id } : {}),
  }
  return (
    <article className="sheet group" aria-label={[g.title, g.institution?.name].filter(Boolean).join(' ')}>
      <span className="group-count">{g.cases || g.count}</span>
      <div className="stack close">
        <h3>{g.title}</h3>
        <p className="small quiet">
          {[name('stage', g.stage), g.institution?.name, t('web.groups.since', { at: moment(lang, g.oldest) })]
            .filter(Boolean)
            .join(' · ')}
        </p>
        <p>{g.explanation}</p>
        <p className="small quiet">
          {g.endpoint_id && `${t('web.groups.events', { n: g.count })} · `}
          {t('web.groups.claimed', { claimed: g.claimed, all: g.cases, mine: g.mine })}
        </p>
        <div className="row">
          {g.cases > 0 && (
            <Button type="primary" onClick={onAct}>
              {t('web.groups.act')}
            </Button>
          )}
          {g.cases > 0 && <Claiming group={g} />}
          {g.endpoint_id ? (
            <Link to="/endpoints" search={{ endpoint: g.endpoint_id }}>
              {t('web.groups.to_endpoint')}
            </Link>
          ) : (
            <Link to="/incidents" search={search}>
              {t('web.groups.to_incidents')}
            </Link>
          )}
        </div>
      </div>
    </article>
  )
}

/** The reader takes charge of a group's cases that nobody has, or lets go of theirs. */
function Claiming({ group }: { group: Group }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const body = { group: asked(group) }
  const settle = {
    onSettled: () => void queries.invalidateQueries({ queryKey: ['incidents'] }),
  }
  const claim = useMutation({
    mutationFn: () => answer(api.POST('/v1/incident-groups/claim', { body })),
    ...settle,
  })
  const release = useMutation({
    mutationFn: () => answer(api.POST('/v1/incident-groups/release', { body })),
    ...settle,
  })
  const error = claim.error ?? release.error
  return (
    <>
      {group.claimed < group.cases && (
        <Button loading={claim.isPending} onClick={() => claim.mutate()}>
          {t('web.groups.claim')}
        </Button>
      )}
      {group.mine > 0 && (
        <Button type="text" loading={release.isPending} onClick={() => release.mutate()}>
          {t('web.groups.release')}
        </Button>
      )}
      {error && <Trouble error={error} />}
    </>
  )
}
