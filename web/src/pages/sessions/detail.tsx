import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { answer, api, type Schema } from '../../api/client'
import { Aside } from '../../shell/aside'
import { Ending } from '../../shell/ending'
import { Trouble } from '../../shell/notes'
import { Waiting } from '../../shell/waiting'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Roster } from './roster'
import { State, When } from './sessions'
import { Taking } from './taking'
import './sessions.css'

export type Detail = Schema['SessionOutputBody']
export type Line = Schema['RosterView']

/** Who is on a roster, by name. */
export type Names = Map<string, Schema['TraineeView']>

/** One session: who is to attend, who did, and what can be done about it. */
export function SessionDetail({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useWords()
  const shown = useQuery({
    queryKey: ['sessions', 'one', id],
    queryFn: () => answer(api.GET('/v1/sessions/{id}', { params: { path: { id } } })),
    // Whether it has begun, or is over, goes by the programme's calendar.
    refetchInterval: (q) => (['upcoming', 'open'].includes(q.state.data?.state ?? '') ? 3_000 : false),
  })
  const size = shown.data?.roster.length
  const names = useQuery({
    queryKey: ['roster', id, size], // names are read once, and again when somebody was added: each reading is written down
    queryFn: async (): Promise<Names> => {
      const { roster } = await answer(api.GET('/v1/sessions/{id}/roster', { params: { path: { id } } }))
      return new Map(roster.map((line) => [line.attendee, line.trainee]))
    },
    enabled: size !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const error = shown.data ? names.error : shown.error
  return (
    <Aside onClose={onClose} title={shown.data?.module ?? t('web.sessions.one')}>
      {error ? (
        <Trouble error={error} again={() => void Promise.all([shown.refetch(), names.refetch()])} />
      ) : shown.data && names.data ? (
        <Shown of={shown.data} names={names.data} />
      ) : (
        <Waiting />
      )}
    </Aside>
  )
}

function Shown({ of, names }: { of: Detail; names: Names }) {
  const { t, lang } = useWords()
  const missing = of.roster.filter((line) => line.reports.length === 0)
  const taken = of.mode === 'offline' && of.state === 'over' && missing.length > 0
  return (
    <div className="stack">
      <dl className="facts">
        <dt>{t('web.sessions.ref')}</dt>
        <dd>{of.ref}</dd>
        <dt>{t('web.sessions.when')}</dt>
        <dd>
          <When of={of} />
        </dd>
        {of.class && (
          <>
            <dt>{t('web.classes.one')}</dt>
            <dd>
              <Link to="/classes" search={{ class: of.class.id }}>
                {of.class.name}
              </Link>
            </dd>
          </>
        )}
        <dt>{t('web.sessions.place')}</dt>
        <dd>{of.mode === 'online' ? t('web.sessions.online') : of.place}</dd>
        {of.instructor && (
          <>
            <dt>{t('web.sessions.instructor')}</dt>
            <dd>{of.instructor}</dd>
          </>
        )}
        <dt>{t('web.sessions.state')}</dt>
        <dd>
          <State of={{ ...of, listed: of.roster.length, reported: of.roster.length - missing.length }} />
        </dd>
        {of.voided_at && (
          <>
            <dt>{t('web.sessions.voided')}</dt>
            <dd>
              {moment(lang, of.voided_at)}
              <div className="quiet small">{of.void_reason}</div>
            </dd>
          </>
        )}
      </dl>
      {taken && <Taking of={of} lines={missing} names={names} />}
      <Roster of={of} names={names} />
      {of.state !== 'void' && (
        <Ending
          title={t('web.sessions.void')}
          means={t('web.sessions.void_means')}
          end={(reason) =>
            answer(api.POST('/v1/sessions/{id}/voiding', { params: { path: { id: of.id } }, body: { reason } }))
          }
          list="sessions"
        />
      )}
    </div>
  )
}
