import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { answer, api } from '../../api/client'
import { useSession } from '../../api/session'
import { Arrived, Coming } from '../../shell/arrived'
import { useKeys } from '../../shell/keys'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Head } from '../case/case'
import { Climb } from '../case/climb'
import { CEHours, Hours, Results, Title } from '../case/gathered'
import { type Case, useCase } from '../case/queries'
import { Owner } from './owner'
import { type Waits, waitsQuery } from './queries'
import { Sections } from './sections'
import { WaitsFor } from './waitsfor'
import './casework.css'

const Acting = lazy(() => import('./acting').then((m) => ({ default: m.Acting })))
const HandingOn = lazy(() => import('./owner').then((m) => ({ default: m.HandingOn })))
const Writing = lazy(() => import('./writing').then((m) => ({ default: m.Writing })))

/** A case as operators see it: where it stands and why, who sees to it, what can be done, and all that is known of it. */
export function Casework() {
  const { t } = useWords()
  const { id } = useParams({ from: '/inside/cases/$id' })
  const { act } = useSearch({ from: '/inside/cases/$id' })
  const navigate = useNavigate({ from: '/cases/$id' })
  const { case: shown, timeline, live } = useCase(id)
  const waits = useQuery(waitsQuery(id))
  const [sheet, setSheet] = useState<'hand' | 'note'>()
  const claim = useClaim(id, () => setSheet('hand'))
  const open = (verb: string | undefined) =>
    void navigate({
      search: ({ act: _, ...now }) => (verb ? { ...now, act: verb } : now),
      replace: true,
      resetScroll: false,
    })
  const over = waits.data?.queue === ''
  useKeys([
    { key: 'c', name: t('web.casework.claim'), run: () => !over && claim.mutate() },
    { key: 'r', name: t('web.casework.act'), run: () => !over && open('choose') },
    { key: 'n', name: t('web.casework.note'), run: () => setSheet('note') },
  ])
  if (!shown.data) return <Coming of={shown} rows={12} />
  const c = shown.data
  return (
    <>
      <Head c={c} live={live}>
        {waits.data && <Standing c={c} waits={waits.data} />}
      </Head>
      <div className="stack">
        <Climb stages={c.stages} />
        <div className="columns case-columns">
          <div className="stack">
            <Arrived of={waits}>
              {(data) => (
                <WaitsFor waits={data}>
                  {!over && (
                    <Button type="primary" onClick={() => open('choose')} aria-keyshortcuts="r">
                      {t('web.casework.act')}
                    </Button>
                  )}
                </WaitsFor>
              )}
            </Arrived>
            <Sections c={c} lines={timeline} note={() => setSheet('note')} />
          </div>
          <div className="stack">
            {waits.data && <Owner waits={waits.data} over={over} claim={claim} hand={() => setSheet('hand')} />}
            <Facts c={c} />
            <Hours hours={c.hours} />
            <Results results={c.results} />
            {c.title && <Title title={c.title} />}
            <CEHours years={c.ce_hours} />
          </div>
        </div>
      </div>
      <Suspense>
        {act && !over && <Acting id={id} verb={act} onVerb={open} onClose={() => open(undefined)} />}
        {sheet === 'hand' && <HandingOn id={id} onClose={() => setSheet(undefined)} />}
        {sheet === 'note' && <Writing c={c} onClose={() => setSheet(undefined)} />}
      </Suspense>
    </>
  )
}

/** Has whoever asks see to the case; when somebody else does, the sheet for handing it on asks why. */
function useClaim(id: string, taken: () => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () =>
      answer(api.POST('/v1/cases/{id}/assignment', { params: { path: { id } }, body: { assignee: 'me' } })),
    onError: taken,
    onSettled: () => queries.invalidateQueries({ queryKey: ['case', id] }),
  })
}

/** The queue that the case stands in, and who sees to it. */
function Standing({ c, waits }: { c: Case; waits: Waits }) {
  const { t, lang } = useWords()
  return (
    <div className="row small">
      {waits.queue_name && (
        <span className={waits.stuck ? 'mark bad' : 'mark now'} data-queue={waits.queue}>
          {t('web.casework.queue', { queue: waits.queue_name })}
        </span>
      )}
      <span>
        {waits.assignee
          ? t('web.casework.owner_is', { owner: waits.assignee.me ? t('web.casework.me') : waits.assignee.label })
          : t('web.casework.nobody')}
      </span>
      {c.due_at && <span>{t('web.casework.due', { at: moment(lang, c.due_at) })}</span>}
    </div>
  )
}

/** What the case is, for who looks something up about it. */
function Facts({ c }: { c: Case }) {
  const { t, name } = useWords()
  const { account } = useSession()
  return (
    <section className="sheet stack close">
      <h2>{t('web.case.bodies')}</h2>
      <dl className="facts">
        <dt>{name('role', 'training')}</dt>
        <dd>{c.training_body.name}</dd>
        <dt>{name('role', 'evaluation')}</dt>
        <dd>{c.evaluation_body.name}</dd>
        <dt>{t('web.case.rules')}</dt>
        <dd>{c.policy_version}</dd>
        <dt>{t('web.casework.id')}</dt>
        <dd className="mono small">{c.id}</dd>
      </dl>
      {!account.district && (
        <Link to="/merges" search={{ merge: 'new', kept: c.id }} className="small">
          {t('web.merges.same_as')}
        </Link>
      )}
    </section>
  )
}
