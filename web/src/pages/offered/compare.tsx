import { useQueries } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Beside, type Chosen, type Row } from '../../list/beside'
import { Trouble } from '../../shell/notes'
import { Waiting } from '../../shell/waiting'
import { useWords } from '../../words/words'
import { Target } from '../classes/target'
import { type OfferedClass, oneOffered } from './queries'
import { Fee, Hours, How, Notices, Places, Refund } from './terms'

/** Classes side by side, as they are now. */
export function Compare({ among }: { among: Chosen }) {
  const { t } = useWords()
  const all = useQueries({ queries: among.ids.map(oneOffered) })
  const wrong = all.find(({ error }) => error)
  const shown = all.flatMap(({ data }) => (data ? [data] : []))
  const rows: Row<OfferedClass>[] = [
    [t('web.offered.body'), (of) => of.institution.name],
    [t('web.classes.target'), (of) => <Target of={of} />],
    [t('web.offered.dates'), (of) => t('web.classes.from_to', { from: of.starts_on, to: of.ends_on })],
    [t('web.offered.left'), (of) => <Places of={of} />],
    [t('web.offered.costs'), (of) => <Fee offer={of.offer} />],
    [t('web.offered.refund'), (of) => <Refund offer={of.offer} />],
    [t('web.offered.teaches'), (of) => <Hours of={of} />],
    [t('web.offered.how'), (of) => <How offer={of.offer} />],
    [t('web.offered.schedule'), (of) => of.offer.schedule || t('web.offered.unsaid')],
    [t('web.offered.venue'), (of) => of.offer.venue || t('web.offered.unsaid')],
    [t('web.offered.supervision'), (of) => <Notices of={of.supervision} />],
  ]
  return (
    <Beside
      heading={t('web.offered.compare', { n: among.ids.length })}
      among={among}
      of={shown}
      rows={rows}
      head={(of) => (
        <Link to="/classes-offered/$id" params={{ id: of.id }}>
          {of.name}
        </Link>
      )}
    >
      {wrong && <Trouble error={wrong.error} again={() => void wrong.refetch()} />}
      {shown.length === 0 && !wrong && <Waiting />}
    </Beside>
  )
}
