import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { Button, Pagination } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { size, useChange } from '../../list/page'
import { Coming } from '../../shell/arrived'
import { Note, Trouble } from '../../shell/notes'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import './messages.css'

type Told = Schema['NotificationView']
type Act = Schema['NotificationAct']
type Reading = Schema['ReadingBody']

/** What the trainee who looks is told of, the newest first; and what they are to do about it. */
export function Messages() {
  const { t } = useWords()
  const { state, page = 1 } = useSearch({ from: '/inside/my-messages' })
  const change = useChange()
  const queries = useQueryClient()
  const list = useQuery({
    queryKey: ['my', 'notifications', state, page],
    queryFn: () =>
      answer(api.GET('/v1/me/notifications', { params: { query: { state: state ?? 'all', page, limit: size } } })),
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  })
  const read = useMutation({
    mutationFn: (body: Reading) => answer(api.POST('/v1/me/notifications/reading', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['my', 'notifications'] }),
  })
  if (!list.data) return <Coming of={list} rows={6} />
  const { notifications, total, unread } = list.data
  return (
    <div className="stack">
      <header className="head row apart">
        <h1>{t('web.messages.title')}</h1>
        {unread > 0 && (
          <Button loading={read.isPending} onClick={() => read.mutate({ all: true })}>
            {t('web.messages.read_all', { n: unread })}
          </Button>
        )}
      </header>
      <nav className="row" aria-label={t('web.messages.which')}>
        {([undefined, 'unread'] as const).map((s) => (
          <Link
            key={s ?? 'all'}
            to="/my-messages"
            search={s ? { state: s } : {}}
            activeOptions={{ exact: true, includeSearch: true }}
            className="which"
          >
            {s ? t('web.messages.unread', { n: unread }) : t('web.messages.all')}
          </Link>
        ))}
      </nav>
      {read.error && <Trouble error={read.error} />}
      {notifications.length === 0 ? (
        <div className="sheet">
          <Note title={t(state ? 'web.messages.none_unread' : 'web.messages.none')}>
            <p>{t('web.messages.none_advice')}</p>
          </Note>
        </div>
      ) : (
        <ul className="plain messages" aria-busy={list.isFetching}>
          {notifications.map((n) => (
            <li key={n.id}>
              <Message of={n} onRead={() => read.mutate({ ids: [n.id] })} />
            </li>
          ))}
        </ul>
      )}
      <Pagination
        current={page}
        pageSize={size}
        total={total}
        showSizeChanger={false}
        hideOnSinglePage
        simple
        onChange={(next) => change({ page: next > 1 ? next : undefined })}
      />
    </div>
  )
}

function Message({ of, onRead }: { of: Told; onRead: () => void }) {
  const { t, lang } = useWords()
  const fresh = !of.read_at
  return (
    <article className={fresh ? 'sheet message fresh' : 'sheet message'} aria-labelledby={`m-${of.id}`}>
      <div className="row apart">
        <h2 id={`m-${of.id}`}>
          {fresh && <span className="visually-hidden">{t('web.messages.fresh')}</span>}
          {of.title}
        </h2>
        <time className="small quiet nowrap" dateTime={of.created_at}>
          {moment(lang, of.created_at)}
        </time>
      </div>
      <p>{of.text}</p>
      {of.act && <p className="ask">{of.act.text}</p>}
      <div className="row">
        {of.act ? (
          <Doing act={of.act} of={of} onRead={onRead} />
        ) : (
          <ToCase of={of} onRead={onRead}>
            {t('web.messages.case')}
          </ToCase>
        )}
        {fresh && (
          <Button type="text" onClick={onRead} aria-label={t('web.messages.read_one', { title: of.title })}>
            {t('web.messages.read')}
          </Button>
        )}
      </div>
    </article>
  )
}

/** Where what is not done on the page of a case is done. */
const pages = { certificates: '/my-certificates', requests: '/my-requests', reach: '/my-reach' } as const

/** Where something is done about it. Who goes there has read it. */
function Doing({ act, of, onRead }: { act: Act; of: Told; onRead: () => void }) {
  if (act.page === 'case') {
    return (
      <ToCase of={of} onRead={onRead} className="do">
        {act.button}
      </ToCase>
    )
  }
  return (
    <Link to={pages[act.page]} className="do" onClick={() => of.read_at || onRead()}>
      {act.button}
    </Link>
  )
}

interface ToCaseProps {
  of: Told
  onRead: () => void
  className?: string
  children: string
}

/** The way to the case that it is about, if it is about one. */
function ToCase({ of, onRead, ...link }: ToCaseProps) {
  if (!of.case_id) return null
  return <Link to="/cases/$id" params={{ id: of.case_id }} onClick={() => of.read_at || onRead()} {...link} />
}
