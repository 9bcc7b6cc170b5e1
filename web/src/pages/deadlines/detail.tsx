import { Link } from '@tanstack/react-router'
import { Aside } from '../../shell/aside'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { type Deadline, State } from './deadlines'

/** One deadline: since when it runs, who was told of it, and what follows. */
export function DeadlineDetail({ of, onClose }: { of: Deadline; onClose: () => void }) {
  const { t, lang } = useWords()
  return (
    <Aside onClose={onClose} title={of.what.name}>
      <div className="stack">
        <dl className="facts">
          <dt>{t('web.role.institution')}</dt>
          <dd>{of.institution?.name ?? '—'}</dd>
          <dt>{t('web.deadlines.given')}</dt>
          <dd>{moment(lang, of.given_at)}</dd>
          <dt>{t('web.deadlines.due')}</dt>
          <dd>
            {moment(lang, of.due_at)} <State of={of} />
            {of.provisional && <p className="quiet small">{t('web.deadlines.provisional')}</p>}
          </dd>
          <dt>{t('web.deadlines.next')}</dt>
          <dd>
            {of.next?.text ?? '—'} {of.next && <span className="quiet">{of.next.on}</span>}
          </dd>
        </dl>
        <section className="stack close">
          <h3>{t('web.deadlines.told')}</h3>
          {of.told.length === 0 && <p className="quiet">{t('web.deadlines.none_told')}</p>}
          <ul className="plain">
            {of.told.map((told) => (
              <li key={told.step}>
                {told.text} <span className="quiet">{moment(lang, told.at)}</span>
              </li>
            ))}
          </ul>
        </section>
        {of.case_id && (
          <Link to="/cases/$id" params={{ id: of.case_id }}>
            {t('web.deadlines.open_case')}
          </Link>
        )}
      </div>
    </Aside>
  )
}
