import { useQuery } from '@tanstack/react-query'
import { answer, api } from '../../api/client'
import { Failure } from '../../api/failure'
import { Coming } from '../../shell/arrived'
import { Note } from '../../shell/notes'
import { useWords } from '../../words/words'
import { Consents } from './consents'
import { Contacts } from './contacts'
import { Photo } from './photo'
import { Telling } from './telling'

/** How the trainee who looks can be reached, and their photo. */
export function Reach() {
  const { t } = useWords()
  const contacts = useQuery({ queryKey: ['my', 'contacts'], queryFn: () => answer(api.GET('/v1/me/contacts')) })
  const { error } = contacts
  if (error instanceof Failure && error.code === 'person_unknown') {
    return (
      <Note page title={t('web.my.none')}>
        <p>{t('web.my.none_advice')}</p>
      </Note>
    )
  }
  if (!contacts.data) return <Coming of={contacts} rows={8} />
  return (
    <div className="stack">
      <header className="head stack close">
        <h1>{t('web.reach.title')}</h1>
        <p className="quiet">{t('web.reach.lead')}</p>
      </header>
      <Contacts known={contacts.data} />
      <Telling known={contacts.data} />
      <Photo />
      <Consents />
    </div>
  )
}
