import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Popconfirm } from 'antd'
import { useEffect, useRef } from 'react'
import { answer, api } from '../../api/client'
import { Failure } from '../../api/failure'
import { Arrived, Coming } from '../../shell/arrived'
import { called, catalogue } from '../../shell/catalogue'
import { Trouble } from '../../shell/notes'
import { Waiting } from '../../shell/waiting'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { takeCarried } from '../join/carried'
import { type Contents, changed, type Draft, draftQuery } from './draft'
import { Fill } from './fill'
import { lookUp, settledBy } from './order'
import './registration.css'

const draftsQuery = queryOptions({
  queryKey: ['my', 'drafts'],
  queryFn: () => answer(api.GET('/v1/me/registration-drafts')),
  staleTime: 0, // they are changed on a page of their own
})

/** Where a trainee registers: what is not sent yet, and one of it to be filled in. */
export function Registration() {
  const { draft } = useSearch({ from: '/inside/my-registration' })
  return draft ? <One id={draft} /> : <Drafts />
}

/** One that is not sent yet, as it is when it is opened. One that is no more is among the others as little. */
function One({ id }: { id: string }) {
  const one = useQuery(draftQuery(id))
  if (one.error instanceof Failure && one.error.status === 404) return <Drafts />
  if (!one.data) return <Coming of={one} rows={8} />
  if (one.isFetching) return <Waiting rows={8} />
  return <Fill key={`${id} ${one.data.version}`} draft={one.data} />
}

/** What a registration begins with: what an address asks for, or what was told before there was an account. */
function useBeginning(): { told: Contents; begin: boolean } {
  const { occupation, level } = useSearch({ from: '/inside/my-registration' })
  const carried = useRef<ReturnType<typeof takeCarried>>(undefined)
  carried.current ??= takeCarried()
  const { begin = false, ...said } = carried.current
  const told = { ...said, ...(occupation ? { occupation } : {}), ...(level ? { level } : {}) } as Contents
  return { told, begin: begin || occupation !== undefined || level !== undefined }
}

/** What somebody comes with: a class that they chose, or the code of one that their employer sponsors. */
interface Wanted {
  class?: string | undefined
  code?: string | undefined
}

/** Begins a registration; for a class that somebody came from, with a place in it if one can still be had. */
async function beginning(contents: Contents, { class: wanted, code }: Wanted): Promise<string> {
  if (code) {
    const settled = settledBy((await lookUp(code)).class, code)
    const body = { step: 'about' as const, contents: changed(contents, settled) }
    return (await answer(api.POST('/v1/me/registration-drafts', { body }))).id
  }
  if (!wanted) return (await answer(api.POST('/v1/me/registration-drafts', { body: { step: 'target', contents } }))).id
  const of = await answer(api.GET('/v1/offered-classes/{id}', { params: { path: { id: wanted } } }))
  const chosen = { class: of.id, class_offer: of.offer.revision }
  const { id } = await answer(
    api.POST('/v1/me/registration-drafts', {
      body: {
        step: 'about',
        // What was told before may have been told of another occupation.
        contents: changed(contents, {
          ...chosen,
          occupation: of.occupation.code,
          direction: of.direction?.code,
          level: of.level.code,
          training_body: of.institution.id,
        }),
      },
    }),
  )
  // Who comes too late for it is told where bodies and classes are chosen.
  await api.PUT('/v1/me/registration-drafts/{id}/place', { params: { path: { id } }, body: chosen }).catch(() => null)
  return id
}

function Drafts() {
  const drafts = useQuery(draftsQuery)
  return (
    <Arrived of={drafts} rows={8}>
      {({ drafts: all }) => <Among all={all} />}
    </Arrived>
  )
}

function Among({ all }: { all: Draft[] }) {
  const { t, lang } = useWords()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const { class: chosen, code } = useSearch({ from: '/inside/my-registration' })
  const { told, begin: atOnce } = useBeginning()
  const open = (id: string) =>
    void navigate({ to: '/my-registration', search: { draft: id }, replace: all.length === 0 })
  const begin = useMutation({
    mutationFn: ({ contents, wanted = {} }: { contents: Contents; wanted?: Wanted }) => beginning(contents, wanted),
    onSuccess: open,
  })
  const drop = useMutation({
    mutationFn: (id: string) => api.DELETE('/v1/me/registration-drafts/{id}', { params: { path: { id } } }),
    onSettled: () => queries.invalidateQueries({ queryKey: draftsQuery.queryKey }),
  })
  // Who comes with something that was asked before goes on with it at once.
  const brought = chosen !== undefined || code !== undefined || atOnce
  const { mutate } = begin
  const begun = useRef(false)
  useEffect(() => {
    if (!brought || begun.current) return
    begun.current = true
    mutate({ contents: told, wanted: { class: chosen, code } })
  }, [brought, told, chosen, code, mutate])
  if (brought && !begin.error) return <Waiting rows={8} />
  return (
    <div className="stack">
      <header className="head stack close">
        <h1>{t('web.registration.title')}</h1>
        <p className="quiet">{t('web.registration.lead')}</p>
      </header>
      {(begin.error ?? drop.error) ? <Trouble error={begin.error ?? drop.error} /> : null}
      {all.length > 0 && (
        <section className="stack" aria-labelledby="unsent">
          <h2 id="unsent">{t('web.registration.unsent')}</h2>
          {all.map((d) => (
            <article key={d.id} className="sheet row apart" data-draft={d.id}>
              <div className="stack close">
                <h3>
                  <Named of={d.contents} />
                </h3>
                <p className="quiet small">
                  {t('web.registration.kept_until', {
                    at: moment(lang, d.updated_at),
                    until: moment(lang, d.expires_at),
                  })}
                </p>
              </div>
              <div className="row">
                <Button type="primary" onClick={() => open(d.id)}>
                  {t('web.registration.go_on')}
                </Button>
                <Popconfirm
                  title={t('web.registration.drop_sure')}
                  okText={t('web.registration.drop')}
                  onConfirm={() => drop.mutate(d.id)}
                >
                  <Button danger>{t('web.registration.drop')}</Button>
                </Popconfirm>
              </div>
            </article>
          ))}
        </section>
      )}
      <section className="sheet stack close">
        <p>{t('web.registration.needs')}</p>
        <div className="row">
          <Button
            type={all.length ? 'default' : 'primary'}
            size="large"
            loading={begin.isPending}
            onClick={() => begin.mutate({ contents: told })}
          >
            {t(all.length ? 'web.registration.another' : 'web.registration.begin')}
          </Button>
          <Link to="/join">{t('web.my.may_i')}</Link>
        </div>
      </section>
    </div>
  )
}

/** What a registration is for, by its names. */
export function Named({ of }: { of: Contents }) {
  const { t, lang, name } = useWords()
  const all = useQuery(catalogue)
  if (!of.occupation) return t('web.registration.untitled')
  const known = all.data?.occupations.find((o) => o.code === of.occupation)
  const occupation = known ? called(lang, known) : of.occupation
  return of.level ? `${occupation} · ${name('level', of.level)}` : occupation
}
