import type { Schema } from '../../api/client'
import { Wide } from '../../shell/wide'
import { useWords } from '../../words/words'

type Effect = Schema['EffectView']

const counted = ['stops', 'finishes', 'held', 'unaffected'] as const

/** What becomes of running cases, by institution, role and occupation. */
export function Effects({ of }: { of: Effect[] }) {
  const { t } = useWords()
  return (
    <section className="stack close" aria-labelledby="effects">
      <h2 id="effects">{t('web.lists.effects')}</h2>
      {of.length === 0 && <p className="quiet">{t('web.lists.no_effects')}</p>}
      {of.length > 0 && (
        <Wide>
          <table aria-labelledby="effects">
            <thead>
              <tr>
                <th scope="col">{t('web.role.institution')}</th>
                <th scope="col">{t('web.lists.cause')}</th>
                {counted.map((c) => (
                  <th key={c} scope="col">
                    {t(`web.list_effect.${c}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {of.map((e) => (
                <tr key={[e.institution.id, e.cause, e.role.code, e.occupation?.code].join('/')}>
                  <th scope="row">
                    {e.institution.name}
                    <div className="quiet small">{[e.role.name, e.occupation?.name].filter(Boolean).join(' · ')}</div>
                  </th>
                  <td>
                    {t(`web.list_cause.${e.cause}`)}
                    {e.courses > 0 && <div className="quiet small">{t('web.lists.courses', { n: e.courses })}</div>}
                  </td>
                  {counted.map((c) => (
                    <td key={c}>{e[c]}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
    </section>
  )
}
