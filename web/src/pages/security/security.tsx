import { useSession } from '../../api/session'
import { useWords } from '../../words/words'
import { Password } from './password'
import { SecondFactor } from './secondfactor'
import { Sessions } from './sessions'

/** How one's own account is kept safe. */
export function Security() {
  const { t } = useWords()
  const session = useSession()
  const bound = session.second_factor.required && !session.second_factor.enrolled
  return (
    <>
      <header className="head stack close">
        <h1>{t('web.place.security')}</h1>
        <p className="quiet">
          {session.account.login
            ? t('web.security.known_as', { login: session.account.login })
            : t('web.security.known_elsewhere')}
        </p>
      </header>
      {bound && (
        <p className="alert warn head" role="status">
          {t('web.second.bound')}
        </p>
      )}
      <div className="stack">
        {session.account.login && <SecondFactor factor={session.second_factor} />}
        {!bound && (
          <>
            <Sessions />
            {session.account.login && <Password />}
          </>
        )}
      </div>
    </>
  )
}
