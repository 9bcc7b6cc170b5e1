import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Button, Pagination } from 'antd'
import { lazy, Suspense } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { Opener, size, useChange } from '../../list/page'
import { Coming } from '../../shell/arrived'
import { Note } from '../../shell/notes'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Corrections } from './corrections'
import { RequestState, unanswered } from './state'

const Sheet = lazy(() => import('./detail').then((m) => ({ default: m.RequestSheet })))
const Complaining = lazy(() => import('./complaining').then((m) => ({ default: m.Complaining })))

/** Everything that the trainee who looks has asked for: where it is, whose turn it is, and by when. */
export function MyRequests() {
  const { t } = useWords()
  const { request: open, page = 1 } = useSearch({ from: '/inside/my-requests' })
  const change = useChange()
  const list = useQuery({
    queryKey: ['requests', 'mine', page],
    queryFn: () => answer(api.GET('/v1/petitions', { params: { query: { page, limit: size } } })),
    refetchInterval: 15_000,
  })
  const close = () => change({ request: undefined })
  if (!list.data) return <Coming of={list} rows={6} />
  const { petitions, total = 0 } = list.data
  return (
    <div className="stack">
      <header className="head row apart">
        <div className="stack close">
          <h1>{t('web.requests.mine')}</h1>
          <p className="quiet">{t('web.requests.mine_lead')}</p>
        </div>
        <Button onClick={() => change({ request: 'new' })}>{t('web.requests.complain')}</Button>
      </header>
      {petitions.length === 0 ? (
        <div className="sheet">
          <Note title={t('web.requests.mine_none')}>
            <p>{t('web.requests.mine_none_advice')}</p>
          </Note>
        </div>
      ) : (
        <ul className="plain stack">
          {petitions.map((of) => (
            <li key={of.id}>
              <Card of={of} />
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
        onChange={(n) => change({ page: n })}
      />
      <Corrections />
      {open && (
        <Suspense>
          {open === 'new' ? (
            <Complaining onClose={close} onAsked={(made) => change({ request: made })} />
          ) : (
            <Sheet id={open} onClose={close} />
          )}
        </Suspense>
      )}
    </div>
  )
}

function Card({ of }: { of: Schema['PetitionView'] }) {
  const { t, lang } = useWords()
  return (
    <article className="sheet stack close request">
      <div className="row apart">
        <h2>
          <Opener field="request" id={of.id}>
            {[of.kind.name, of.topic?.name, of.mark?.part.name].filter(Boolean).join(' · ')}
          </Opener>
        </h2>
        <RequestState of={of} />
      </div>
      <p className="quiet">
        {of.institution.name} · {moment(lang, of.asked_at)}
      </p>
      {unanswered(of) ? (
        <p>{t('web.requests.turn', { by: of.handled_by.name, due: moment(lang, of.due_at) })}</p>
      ) : (
        of.outcome && (
          <p>
            <strong>{of.outcome.name}</strong> {of.answer}{' '}
            {of.carried && <span className="quiet">{of.carried.state.name}</span>}
          </p>
        )
      )}
    </article>
  )
}
