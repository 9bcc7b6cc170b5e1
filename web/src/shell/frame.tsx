import { LogoutOutlined, SafetyCertificateOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useLocation, useMatches, useRouter } from '@tanstack/react-router'
import { lazy, Suspense, useEffect } from 'react'
import { answer, api } from '../api/client'
import { type Session, sessionQuery } from '../api/session'
import { useWords } from '../words/words'
import { useArrival } from './arrival'
import { Keyboard } from './keyboard'
import { NotYours } from './notes'
import { Places, Views } from './places'
import { Sign } from './ridge'
import { LanguageSwitch, ThemeSwitch } from './switches'
import { who } from './who'

const Bell = lazy(() => import('./bell').then((m) => ({ default: m.Bell })))

/** Everything around a page for those who are logged in. */
export function Frame() {
  const { data: session } = useQuery(sessionQuery)
  const router = useRouter()
  const here = useLocation()
  const path = here.pathname
  const main = useArrival(path)

  // The session ended, here or elsewhere: to the log-in, and afterwards back.
  useEffect(() => {
    if (session === null) void router.navigate({ to: '/login', search: { back: router.state.location.href } })
  }, [session, router])

  // The server decides what a role may do; this only says so without asking.
  const roles = useMatches({ select: (matches) => matches.at(-1)?.staticData.roles })
  if (!session) return null
  const yours = !roles || roles.includes(session.account.role)
  return (
    <div className="frame">
      <Bar session={session} />
      <main className="content" id="content" ref={main} tabIndex={-1}>
        {yours && <Views role={session.account.role} here={path} />}
        {yours ? <Outlet /> : <NotYours />}
      </main>
      <Foot />
    </div>
  )
}

function Bar({ session }: { session: Session }) {
  const { t } = useWords()
  const { account } = session
  const here = useLocation({ select: ({ pathname }) => pathname })
  const queries = useQueryClient()
  const router = useRouter()
  const leave = useMutation({
    mutationFn: () => answer(api.DELETE('/v1/session')),
    // Nothing of what this reader saw is kept for the next, nor where they were.
    onSettled: async () => {
      await router.navigate({ to: '/login' })
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'ways' })
    },
  })
  return (
    <header className="bar">
      <a className="skip" href="#content">
        {t('web.frame.skip')}
      </a>
      <div>
        <Link to="/" className="brand">
          <Sign />
          {t('web.frame.name')}
        </Link>
        <Places role={account.role} here={here} />
        <div className="tools">
          {account.role === 'operator' && <Keyboard role={account.role} />}
          {account.role === 'trainee' && (
            <Suspense>
              <Bell />
            </Suspense>
          )}
          <Link to="/security" className="tool" title={t('web.place.security')}>
            <SafetyCertificateOutlined aria-hidden />
            <span className="visually-hidden">{t('web.place.security')}</span>
            <span className="who small">{account.institution?.name ?? who(t, account)}</span>
          </Link>
          <LanguageSwitch />
          <ThemeSwitch />
          <button type="button" className="tool" onClick={() => leave.mutate()} aria-label={t('web.frame.log_out')}>
            <LogoutOutlined aria-hidden />
          </button>
        </div>
      </div>
    </header>
  )
}

function Foot() {
  const { t } = useWords()
  return <footer className="foot">{t('web.frame.foot')}</footer>
}
