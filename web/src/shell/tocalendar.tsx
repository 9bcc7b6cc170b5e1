import { useWords } from '../words/words'

/** Sessions for the reader's own calendar. A telephone opens such a link in its calendar; so it is no file that the page keeps. */
export function ToCalendar({ href }: { href: string }) {
  const { t } = useWords()
  return (
    <a className="press" href={href}>
      {t('web.calendar.add')}
    </a>
  )
}
