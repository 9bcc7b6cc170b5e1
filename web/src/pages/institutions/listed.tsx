import { useQuery } from '@tanstack/react-query'
import { answer, api } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'

/** What an institution is and was listed for, its names over time, and what was published of its inspections. */
export function Listed({ id }: { id: string }) {
  const { t } = useWords()
  const known = useQuery({
    queryKey: ['institution', id],
    queryFn: () => answer(api.GET('/v1/institutions/{ref}', { params: { path: { ref: id } } })),
  })
  const period = (of: { valid_from: string; valid_to: string | null }) => `${of.valid_from} – ${of.valid_to ?? ''}`
  return (
    <section className="sheet stack close" aria-labelledby="listed">
      <h2 id="listed">{t('web.institutions.listed')}</h2>
      {known.error && <Trouble error={known.error} again={() => void known.refetch()} />}
      <ul className="plain stack close">
        {known.data?.roles.map((r) => (
          <li key={[r.role.code, r.occupation.code, r.level?.code, r.valid_from].join('/')}>
            {r.role.name} · {r.occupation.name} · {r.level?.name ?? t('web.institutions.all_levels')}
            <span className="quiet small">
              {' '}
              {period(r)} {r.document}
            </span>
          </li>
        ))}
        {known.data?.ce_base.map((b) => (
          <li key={`${b.name}/${b.valid_from}`}>
            {t('web.institutions.ce_base')} <span className="quiet small">{period(b)}</span>
          </li>
        ))}
      </ul>
      <h3>{t('web.institutions.names')}</h3>
      <ul className="plain">
        {known.data?.names.map((n) => (
          <li key={`${n.name}/${n.valid_from}`}>
            {n.name} <span className="quiet small">{period(n)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
