import type { Schema } from '../../api/client'
import { Wide } from '../../shell/wide'
import { useWords } from '../../words/words'

/** What an institution can carry, and carries. */
export function Capacities({ of }: { of: Schema['CapacityView'][] }) {
  const { t } = useWords()
  return (
    <section className="sheet stack close" aria-labelledby="capacity">
      <h2 id="capacity">{t('web.capacity.title')}</h2>
      {of.length === 0 && <p className="quiet">{t('web.capacity.none')}</p>}
      {of.length > 0 && (
        <Wide>
          <table aria-labelledby="capacity">
            <thead>
              <tr>
                <th scope="col">{t('web.capacity.for')}</th>
                <th scope="col">{t('web.capacity.places')}</th>
                <th scope="col">{t('web.capacity.carried')}</th>
                <th scope="col">{t('web.capacity.free')}</th>
              </tr>
            </thead>
            <tbody>
              {of.map((c) => (
                <tr key={[c.role.code, c.occupation.code, c.level.code].join('/')}>
                  <th scope="row">
                    {c.occupation.name} · {c.level.name}
                    <div className="quiet small">{c.role.name}</div>
                  </th>
                  <td>{c.places ?? <span className="quiet">{t('web.capacity.undeclared')}</span>}</td>
                  <td>{c.carried}</td>
                  <td>{c.free}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
    </section>
  )
}
