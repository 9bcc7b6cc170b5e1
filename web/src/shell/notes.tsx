import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Failure } from '../api/failure'
import { useWords } from '../words/words'
import { Ridge } from './ridge'

/** A page, or a part of one, that has only something to say. */
export function Note({ title, children, page }: { title: string; children?: ReactNode; page?: boolean }) {
  const Heading = page ? 'h1' : 'h2'
  return (
    <div className="note">
      <Ridge />
      <Heading>{title}</Heading>
      {children}
    </div>
  )
}

export function NotFound() {
  const { t } = useWords()
  return (
    <main className="content">
      <Note page title={t('web.note.not_found')}>
        <p>{t('web.note.not_found_advice')}</p>
        <Link to="/">{t('web.note.home')}</Link>
      </Note>
    </main>
  )
}

export function NotYours() {
  const { t } = useWords()
  return (
    <Note page title={t('web.note.not_yours')}>
      <p>{t('web.note.not_yours_advice')}</p>
      <Link to="/">{t('web.note.home')}</Link>
    </Note>
  )
}

/** What went wrong, in the server's words where it has some, with what a person can quote to ask about it. */
export function useFailureWords(error: unknown) {
  const { t } = useWords()
  if (!(error instanceof Failure)) return { title: t('web.note.broken'), detail: t('web.note.broken_advice') }
  if (error.code === 'offline') return { title: t('web.note.offline'), detail: t('web.note.offline_advice') }
  return {
    title: error.title ?? t('web.note.unreadable'),
    detail: error.detail ?? t('web.note.unreadable_advice'),
    ...(error.request ? { request: t('web.note.request', { id: error.request }) } : {}),
  }
}

/** Something did not work; the rest of the page stands. */
export function Trouble({ error, again }: { error: unknown; again?: () => void }) {
  const { t } = useWords()
  const words = useFailureWords(error)
  const fields = error instanceof Failure ? error.fields : []
  return (
    <div className="alert stack close" role="alert">
      <strong>{words.title}</strong>
      <p>{words.detail}</p>
      {fields.length > 0 && (
        <ul>
          {fields.map((f) => (
            <li key={f.field + f.message}>{f.message}</li>
          ))}
        </ul>
      )}
      {words.request && <p className="small quiet">{words.request}</p>}
      {again && (
        <div>
          <button type="button" className="press" onClick={again}>
            {t('web.note.again')}
          </button>
        </div>
      )}
    </div>
  )
}

/** A page that cannot be shown. */
export function Broken({ error, reset }: { error: unknown; reset: () => void }) {
  const { t } = useWords()
  const words = useFailureWords(error)
  return (
    <Note page title={words.title}>
      <p>{words.detail}</p>
      {words.request && <p className="small">{words.request}</p>}
      <button type="button" className="press" onClick={reset}>
        {t('web.note.again')}
      </button>
    </Note>
  )
}
