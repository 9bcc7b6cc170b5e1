import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Progress } from 'antd'
import { Fragment } from 'react'
import { answer, api } from '../../api/client'
import { keep } from '../../api/file'
import { Arrived } from '../../shell/arrived'
import { Aside } from '../../shell/aside'
import { Trouble } from '../../shell/notes'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { type Intake, State } from './intakes'
import { Rows } from './rows'
import { Starting } from './starting'

/** One intake: how far it is, what can be done about it, and what became of each row. */
export function IntakeDetail({ id, named, onClose }: { id: string; named: boolean; onClose: () => void }) {
  const { t } = useWords()
  const known = useQueryClient().getQueryData<boolean>(['intake', id, 'known'])
  const shown = useQuery({
    queryKey: ['intakes', 'one', id],
    queryFn: () => answer(api.GET('/v1/intakes/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? 1_000 : false),
  })
  return (
    <Aside onClose={onClose} title={shown.data?.class.name ?? t('web.intakes.title')}>
      <Arrived of={shown}>
        {(data) => (
          <div className="stack">
            {known && <p className="alert warn">{t('web.intakes.known')}</p>}
            <Facts of={data} />
            {named && data.state === 'checked' && !data.forgotten && <Starting of={data} />}
            {named && <Steering of={data} />}
            {named && !data.forgotten && <Rows of={data} />}
            {data.forgotten && <p className="quiet">{t('web.intakes.forgotten')}</p>}
          </div>
        )}
      </Arrived>
    </Aside>
  )
}

function Facts({ of }: { of: Intake }) {
  const { t, lang, name } = useWords()
  const settled = of.totals.registered + of.totals.already
  const due = of.totals.rows - of.totals.refused
  return (
    <section className="stack close">
      <dl className="facts">
        <dt>{t('web.accounts.state')}</dt>
        <dd>
          <State of={of} />
        </dd>
        <dt>{t('web.intakes.by')}</dt>
        <dd>{of.employer?.name ?? of.institution?.name}</dd>
        <dt>{t('web.intakes.at')}</dt>
        <dd>{moment(lang, of.uploaded_at)}</dd>
        {(['registered', 'already', 'ready', 'refused'] as const).map((s) => (
          <Fragment key={s}>
            <dt>{name('intake_row', s)}</dt>
            <dd>{of.totals[s]}</dd>
          </Fragment>
        ))}
      </dl>
      {of.state !== 'checked' && (
        <Progress
          aria-label={t('web.intakes.progress')}
          percent={due === 0 ? 100 : Math.floor((100 * settled) / due)}
          status={of.state === 'running' ? 'active' : of.state === 'done' ? 'success' : 'normal'}
        />
      )}
      {of.state === 'done' && (
        <p className="alert good" role="status">
          {t('web.intakes.done', { n: of.totals.registered, already: of.totals.already, refused: of.totals.refused })}
        </p>
      )}
      {of.state === 'stopped' && of.mode === 'whole' && (
        <p className="alert warn" role="status">
          {t('web.intakes.none_registered')}
        </p>
      )}
    </section>
  )
}

/** Pausing, going on, stopping, and the report. */
function Steering({ of }: { of: Intake }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const turn = useMutation({
    mutationFn: (how: 'pause' | 'resumption' | 'stop') =>
      answer(api.POST(`/v1/intakes/{id}/${how}`, { params: { path: { id: of.id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['intakes'] }),
  })
  const report = useMutation({
    mutationFn: () => keep(api.GET('/v1/intakes/{id}/report', { params: { path: { id: of.id } }, parseAs: 'blob' })),
  })
  return (
    <div className="stack close">
      {(turn.error ?? report.error) && <Trouble error={(turn.error ?? report.error) as Error} />}
      <div className="row">
        {of.state === 'running' && (
          <Button loading={turn.isPending} onClick={() => turn.mutate('pause')}>
            {t('web.intakes.pause')}
          </Button>
        )}
        {of.state === 'paused' && (
          <Button type="primary" loading={turn.isPending} onClick={() => turn.mutate('resumption')}>
            {t('web.intakes.resume')}
          </Button>
        )}
        {(of.state === 'running' || of.state === 'paused') && (
          <Button danger loading={turn.isPending} onClick={() => turn.mutate('stop')}>
            {t('web.intakes.stop')}
          </Button>
        )}
        {!of.forgotten && (
          <Button loading={report.isPending} onClick={() => report.mutate()}>
            {t('web.workbooks.get_report')}
          </Button>
        )}
      </div>
    </div>
  )
}
