import { Link } from '@tanstack/react-router'
import { useWords } from '../../words/words'

/** Who there is, and who is to come. */
export function Views() {
  const { t } = useWords()
  return (
    <nav className="views" aria-label={t('web.place.people')}>
      <Link to="/accounts">{t('web.accounts.title')}</Link>
      <Link to="/invitations">{t('web.invitations.title')}</Link>
    </nav>
  )
}
