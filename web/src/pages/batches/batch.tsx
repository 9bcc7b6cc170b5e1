import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { Button, Form, Progress } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { both, condition } from '../../list/expression'
import { Coming } from '../../shell/arrived'
import { Deciding, type Said } from '../../shell/deciding'
import { putFaults } from '../../shell/faults'
import { Menu } from '../../shell/menu'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { State } from './batches'
import './batches.css'
import { Items } from './items'

const Exporting = lazy(() => import('../../list/exporting').then((m) => ({ default: m.Exporting })))

type Batch = Schema['BatchDetail']

const over = (b: Batch | undefined) => b !== undefined && ['stopped', 'done', 'rejected'].includes(b.state)

/** One act on many cases, as it goes on: how far it is, what became of each case, and those first that are stuck again. */
export function BatchPage() {
  const { id } = useParams({ from: '/inside/batches/$id' })
  const batch = useQuery({
    queryKey: ['batch', id],
    queryFn: () => answer(api.GET('/v1/incident-batches/{id}', { params: { path: { id } } })),
    refetchInterval: (q) => (over(q.state.data) ? false : 1_500),
  })
  if (!batch.data) return <Coming of={batch} rows={8} />
  return <Shown of={batch.data} />
}

function Shown({ of }: { of: Batch }) {
  const { t, name, lang } = useWords()
  const { progress: p } = of
  const settled = p.total - p.waiting - p.acted
  const { state } = useSearch({ from: '/inside/batches/$id' })
  return (
    <div className="stack">
      <header className="head stack close">
        <Link to="/batches" className="small">
          {t('web.batches.title')}
        </Link>
        <div className="row">
          <h1>{of.name}</h1>
          <State of={of} />
        </div>
        <p className="quiet">
          {[of.verb.name, of.cause?.name, name('stage', of.group.stage ?? ''), of.institution?.name]
            .filter(Boolean)
            .join(' · ')}
        </p>
        <p>{of.reason}</p>
        {of.legal_basis && (
          <p className="small">
            {t('web.groups.legal_basis')} {of.legal_basis}
          </p>
        )}
        {of.decision_reason && (
          <p className="small quiet">
            {t('web.batches.decided')} {of.decision_reason}
          </p>
        )}
      </header>
      <section className="sheet stack close" aria-label={t('web.batches.outcome')}>
        <Progress
          percent={Math.floor((100 * settled) / Math.max(p.total, 1))}
          status={over(of) ? 'normal' : 'active'}
          aria-label={t('web.batches.progress')}
        />
        <p role="status">
          {t(over(of) ? 'web.batches.ended' : 'web.batches.going', { settled, total: p.total })}{' '}
          <span className="quiet small">{moment(lang, of.ended_at ?? of.requested_at)}</span>
        </p>
        <Outcomes of={of} />
        {of.causes.length > 0 && (
          <ul className="plain small">
            {of.causes.map((c) => (
              <li key={`${c.state} ${c.cause.code}`}>
                {name('batch.item', c.state)} · {c.cause.name} <strong>{c.count}</strong>
              </li>
            ))}
          </ul>
        )}
        <div className="row">
          <Turning of={of} />
          <Menu label={t('web.export.title')}>
            {(close) => (
              <Suspense>
                <Exporting
                  list="batch_items"
                  filter={both(condition('batch', of.id), condition('state', state))}
                  close={close}
                />
              </Suspense>
            )}
          </Menu>
        </div>
      </section>
      {of.state === 'awaiting_approval' &&
        (of.mine ? <p className="alert warn">{t('web.batches.waits')}</p> : <Decide of={of} />)}
      <Items id={of.id} over={over(of)} />
    </div>
  )
}

const outcomes = ['stuck_again', 'refused', 'unchanged', 'cleared', 'acted', 'waiting', 'skipped'] as const

/** How many cases came to what. Each count narrows the list below it, and shows all again. */
function Outcomes({ of }: { of: Batch }) {
  const { name } = useWords()
  const { state } = useSearch({ from: '/inside/batches/$id' })
  return (
    <nav className="outcomes">
      {outcomes.map((o) => (
        <Link
          key={o}
          to="."
          search={{ state: state === o ? undefined : o } as never}
          className={`outcome ${o}`}
          aria-current={state === o ? 'true' : undefined}
        >
          <span className="outcome-count">{of.progress[o]}</span> {name('batch.item', o)}
        </Link>
      ))}
    </nav>
  )
}

const turns = {
  awaiting_approval: ['stop'],
  running: ['pause', 'stop'],
  paused: ['resume', 'stop'],
} as const
type Turn = 'pause' | 'resume' | 'stop'

const turn = (id: string, verb: Turn, body: { reason: string }) => {
  const params = { path: { id } }
  switch (verb) {
    case 'pause':
      return answer(api.POST('/v1/incident-batches/{id}/pause', { params, body }))
    case 'resume':
      return answer(api.POST('/v1/incident-batches/{id}/resume', { params, body }))
    case 'stop':
      return answer(api.POST('/v1/incident-batches/{id}/stop', { params, body }))
  }
}

/** A batch is paused, let go on or stopped, for a reason that is kept. */
function Turning({ of }: { of: Batch }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [form] = Form.useForm<{ reason: string }>()
  const [verb, setVerb] = useState<Turn>()
  const turning = useMutation({
    mutationFn: (said: { reason: string }) => (verb ? turn(of.id, verb, said) : Promise.resolve(undefined)),
    onSuccess: () => {
      setVerb(undefined)
      form.resetFields()
    },
    onError: (error) => putFaults(form, error),
    onSettled: () => void queries.invalidateQueries({ queryKey: ['batch', of.id] }),
  })
  const possible: readonly Turn[] = of.state in turns ? turns[of.state as keyof typeof turns] : []
  if (possible.length === 0) return null
  if (!verb || !possible.includes(verb)) {
    return possible.map((v) => (
      <Button key={v} danger={v === 'stop'} onClick={() => setVerb(v)}>
        {t(`web.batch_verb.${v}`)}
      </Button>
    ))
  }
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      className="turning"
      onFinish={(said) => turning.mutate(said)}
    >
      <p className="quiet">{t(`web.batch_verb_means.${verb}`)}</p>
      <ReasonField rows={2} />
      {turning.error && <Trouble error={turning.error} />}
      <div className="row">
        <Button type="primary" htmlType="submit" danger={verb === 'stop'} loading={turning.isPending}>
          {t(`web.batch_verb.${verb}`)}
        </Button>
        <Button onClick={() => setVerb(undefined)}>{t('web.answer.back')}</Button>
      </div>
    </Form>
  )
}

function Decide({ of }: { of: Batch }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const decide = useMutation({
    mutationFn: (body: Said) =>
      answer(api.POST('/v1/incident-batches/{id}/decision', { params: { path: { id: of.id } }, body })),
    onSettled: () => void queries.invalidateQueries({ queryKey: ['batch', of.id] }),
  })
  return (
    <section className="sheet stack close" aria-labelledby="deciding">
      <h2 id="deciding">{t('web.batches.decide')}</h2>
      <Deciding
        danger={of.verb.code === 'cancel'}
        id={of.id}
        pending={decide.isPending}
        error={decide.error}
        decide={decide.mutateAsync}
      />
    </section>
  )
}
