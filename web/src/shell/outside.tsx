import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useLocation } from '@tanstack/react-router'
import { sessionQuery } from '../api/session'
import type { Key } from '../words/message'
import { useWords } from '../words/words'
import { useArrival } from './arrival'
import './outside.css'
import { programmeQuery } from './programme'
import { Sign } from './ridge'
import { LanguageSwitch, ThemeSwitch } from './switches'
import { who } from './who'

/** Where everybody can go, in the order in which somebody new would ask. */
const places: readonly { to: string; name: Key }[] = [
  { to: '/join', name: 'web.outside.join' },
  { to: '/class-calendar', name: 'web.offered.title' },
  { to: '/curriculum', name: 'web.curriculum.title' },
  { to: '/find-institutions', name: 'web.finding.title' },
  { to: '/policy-questions', name: 'web.questions.title' },
]

/** Everything around a page that needs no account. Large words, nothing that jumps up. */
export function Outside() {
  const { t } = useWords()
  const here = useLocation({ select: ({ pathname }) => pathname })
  const main = useArrival(here)
  return (
    <div className="frame outside">
      <header className="bar">
        <a className="skip" href="#content">
          {t('web.frame.skip')}
        </a>
        <div>
          <Link to="/" className="brand">
            <Sign />
            {t('web.frame.name')}
          </Link>
          <nav className="public-places" aria-label={t('web.frame.places')}>
            {places.map(({ to, name }) => (
              <Link key={to} to={to}>
                {t(name)}
              </Link>
            ))}
          </nav>
          <div className="tools">
            <Reader />
            <LanguageSwitch />
            <ThemeSwitch />
          </div>
        </div>
      </header>
      <MadeUp />
      <main className="content" id="content" ref={main} tabIndex={-1}>
        <Outlet />
      </main>
      <footer className="foot">{t('web.frame.foot')}</footer>
    </div>
  )
}

/** A demonstration says so on every page, before anything else is read. */
function MadeUp() {
  const { t, lang } = useWords()
  const { data } = useQuery(programmeQuery(lang))
  if (!data?.demonstration_label) return null
  return (
    <aside className="made-up" aria-label={data.demonstration_label[lang]}>
      <span className="mark warn">{data.demonstration_label[lang]}</span> {t('web.outside.made_up')}
    </aside>
  )
}

/** The way in; or, for who is logged in, back to their own pages. */
function Reader() {
  const { t } = useWords()
  const { data: session } = useQuery(sessionQuery)
  if (!session) {
    return (
      <Link to="/login" className="tool">
        {t('web.outside.log_in')}
      </Link>
    )
  }
  const { account } = session
  return (
    <Link to="/" className="tool">
      {t('web.outside.home')}
      <span className="who small">{account.institution?.name ?? who(t, account)}</span>
    </Link>
  )
}
