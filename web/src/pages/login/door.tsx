import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Ridge, Sign } from '../../shell/ridge'
import { LanguageSwitch, ThemeSwitch } from '../../shell/switches'
import { useWords } from '../../words/words'
import './login.css'

/** What pages look like that people see before they are logged in. */
export function Door({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useWords()
  return (
    <div className="entry">
      <header className="entry-bar">
        <Link to="/" className="brand">
          <Sign />
          {t('web.frame.name')}
        </Link>
        <div className="tools">
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
      </header>
      <main className="entry-main">
        <section className="entry-words">
          <Ridge />
          <p className="entry-line">{t('web.login.line')}</p>
          <p className="quiet">{t('web.login.programme')}</p>
        </section>
        <section className="sheet entry-form stack" aria-labelledby="enter">
          <h1 id="enter">{title}</h1>
          {children}
        </section>
      </main>
    </div>
  )
}
