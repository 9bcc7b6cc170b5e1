import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { answer, api } from '../../api/client'
import { Arrived } from '../../shell/arrived'
import { Trouble } from '../../shell/notes'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

/** Where one is logged in, and how to be so no more. */
export function Sessions() {
  const { t, lang } = useWords()
  const queries = useQueryClient()
  const mine = useQuery({ queryKey: ['my', 'sessions'], queryFn: () => answer(api.GET('/v1/me/sessions')) })
  const onSettled = () => queries.invalidateQueries({ queryKey: ['my', 'sessions'] })
  const end = useMutation({
    mutationFn: (id: string) => answer(api.DELETE('/v1/me/sessions/{id}', { params: { path: { id } } })),
    onSettled,
  })
  const endOthers = useMutation({ mutationFn: () => answer(api.DELETE('/v1/me/sessions')), onSettled })
  const error = end.error ?? endOthers.error
  return (
    <section className="sheet stack close" aria-labelledby="sessions">
      <div className="row apart">
        <h2 id="sessions">{t('web.security.sessions')}</h2>
        {(mine.data?.sessions.length ?? 0) > 1 && (
          <Button onClick={() => endOthers.mutate()} loading={endOthers.isPending}>
            {t('web.security.end_others')}
          </Button>
        )}
      </div>
      {error && <Trouble error={error} />}
      <Arrived of={mine} rows={2}>
        {({ sessions }) => (
          <ul className="plain lines">
            {sessions.map((s) => (
              <li key={s.id} className="row apart">
                <div>
                  <p>
                    <strong>{s.browser}</strong>{' '}
                    {s.current && <span className="mark now">{t('web.security.this_one')}</span>}
                  </p>
                  <p className="small quiet">
                    {t('web.security.since_until', {
                      since: moment(lang, s.created_at),
                      until: moment(lang, s.expires_at),
                    })}
                  </p>
                </div>
                {!s.current && (
                  <Button
                    onClick={() => end.mutate(s.id)}
                    loading={end.isPending && end.variables === s.id}
                    aria-label={t('web.security.end_of', { browser: s.browser })}
                  >
                    {t('web.security.end')}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Arrived>
    </section>
  )
}
