import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { answer, api } from '../../api/client'
import { useSession } from '../../api/session'
import { taskKinds } from '../../router'
import { useWords } from '../../words/words'
import { Code } from './code'
import { answering, checking, events, listing, type Place, reading, refusing, results } from './examples'
import { Vector } from './vector'
import './guide.css'

/** How an institution's system is connected: the lines work as they stand, with a key. */
export function Guide() {
  const { t, name } = useWords()
  const { account } = useSession()
  const newest = useQuery({
    queryKey: ['tasks', 'newest'],
    queryFn: async () => {
      const query = { state: 'open', sort: '-issued_at', page: 1, limit: 1 } as const
      return (await answer(api.GET('/v1/tasks', { params: { query } }))).tasks[0] ?? null
    },
  })
  const task = newest.data
  const place: Place = {
    api: window.location.origin,
    task: task?.id ?? '$TASK',
    day: task?.details.today ?? new Date().toISOString().slice(0, 10),
  }
  return (
    <>
      <header className="head stack close">
        <h1>{t('web.place.guide')}</h1>
        <p className="quiet">{account.institution?.name}</p>
      </header>
      <div className="stack guide">
        <section className="sheet stack close" aria-labelledby="begin">
          <h2 id="begin">{t('web.guide.begin')}</h2>
          <p>{t('web.guide.begin_means')}</p>
          <p className="row">
            <Link to="/api-keys" search={{ key: 'new' } as never}>
              {t('web.keys.make')}
            </Link>
            <a href="/docs">{t('web.login.docs')}</a>
            <a href="/openapi.json">OpenAPI</a>
          </p>
          <Code name={t('web.guide.key')}>KEY='…'</Code>
        </section>
        <section className="sheet stack close" aria-labelledby="take">
          <h2 id="take">{t('web.guide.take')}</h2>
          <p>{t('web.guide.take_means')}</p>
          <Code name={t('web.guide.list')}>{listing(place)}</Code>
          <Code name={t('web.guide.read')}>{reading(place)}</Code>
          <Code name={t('web.guide.events')}>{events(place)}</Code>
        </section>
        <section className="sheet stack close" aria-labelledby="answer">
          <h2 id="answer">{t('web.guide.answer')}</h2>
          <p>{t('web.guide.answer_means')}</p>
          {task ? (
            <p role="status">{t('web.guide.with', { kind: task.kind_name })}</p>
          ) : (
            <p className="quiet">{t('web.guide.without')}</p>
          )}
          <Code name={t('web.answer.result')}>{answering(place, task?.kind ?? 'enrolment')}</Code>
          <Code name={t('web.answer.refuse')}>{refusing(place)}</Code>
          <h3>{t('web.guide.kinds')}</h3>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is too wide is scrolled, by keyboard too. */}
          <section className="wide" tabIndex={0} aria-label={t('web.guide.kinds')}>
            <table>
              <tbody>
                {taskKinds.map((kind) => (
                  <tr key={kind}>
                    <th scope="row">{name('task_kind', kind)}</th>
                    <td>
                      <code className="mono small">{JSON.stringify(results(place.day)[kind])}</code>
                    </td>
                    <td className="small">{t(`web.guide.kind_${kind}`)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </section>
        <section className="sheet stack close" aria-labelledby="callbacks">
          <h2 id="callbacks">{t('web.guide.callbacks')}</h2>
          <p>{t('web.guide.callbacks_means')}</p>
          <p>
            <Link to="/endpoint">{t('web.place.endpoint')}</Link>
          </p>
          <Code name={t('web.guide.check')}>{checking}</Code>
          <h3>{t('web.guide.vector')}</h3>
          <p>{t('web.guide.vector_means')}</p>
          <Vector />
        </section>
      </div>
    </>
  )
}
