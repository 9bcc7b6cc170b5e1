import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { answer, api, type Schema } from '../../api/client'
import { Arrived } from '../../shell/arrived'
import { Aside } from '../../shell/aside'
import { Verbatim } from '../../shell/verbatim'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Deciding } from './deciding'
import { LetterState } from './state'

type Letter = Schema['LetterOutputBody']

/** One answer that no case could take: what it says, why it was not taken, and what may be done about it. */
export function LetterSheet({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useWords()
  const letter = useQuery({
    queryKey: ['letter', id],
    queryFn: () => answer(api.GET('/v1/dead-letters/{id}', { params: { path: { id } } })),
  })
  return (
    <Aside onClose={onClose} title={letter.data?.reason.name ?? t('web.letters.one')}>
      <Arrived of={letter}>
        {(data) => (
          <div className="stack">
            <Said of={data} />
            {data.state === 'open' && <Deciding letter={data} />}
          </div>
        )}
      </Arrived>
    </Aside>
  )
}

function Said({ of }: { of: Letter }) {
  const { t, lang, name } = useWords()
  return (
    <>
      <dl className="facts">
        <dt>{t('web.letters.state')}</dt>
        <dd>
          <LetterState of={of} />
        </dd>
        <dt>{t('web.role.institution')}</dt>
        <dd>{of.institution.name}</dd>
        <dt>{t('web.letters.received')}</dt>
        <dd>
          {moment(lang, of.received_at)}
          {of.times > 1 && ` · ${t('web.letters.times', { n: of.times, at: moment(lang, of.last_at) })}`}
        </dd>
        <dt>{t('web.letters.acknowledged')}</dt>
        <dd>{t(of.acknowledged ? 'web.letters.was_acknowledged' : 'web.letters.was_refused')}</dd>
        <dt>{t('web.letters.named')}</dt>
        <dd className="mono small">{of.task_id}</dd>
        {of.task && (
          <>
            <dt>{t('web.tasks.one')}</dt>
            <dd>
              {of.task.kind_name} · {t('web.tasks.attempt_n', { n: of.task.attempt })} ·{' '}
              {name('task_state', of.task.state)} ·{' '}
              <Link to="/cases/$id" params={{ id: of.task.case_id }}>
                {t('web.incidents.to_case')}
              </Link>
            </dd>
          </>
        )}
        {of.resolution_reason && (
          <>
            <dt>{t('web.resolve.reason')}</dt>
            <dd>{of.resolution_reason}</dd>
          </>
        )}
      </dl>
      <section className="stack close" aria-labelledby="said">
        <h2 id="said">{t('web.letters.said')}</h2>
        <Verbatim>{JSON.stringify(of.content, null, 2)}</Verbatim>
      </section>
    </>
  )
}
