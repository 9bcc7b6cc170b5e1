import type { ReactNode } from 'react'
import type { Schema } from '../../api/client'
import { useWords } from '../../words/words'

type Changes = Schema['ListDifference']
type Row = Schema['ListingView']
type Base = Schema['BaseRowView']

/** What a list changes: who comes, who goes, who has another name or role. */
export function Difference({ of }: { of: Changes }) {
  const { t } = useWords()
  const base = (b: Base) => [b.number ?? t('web.lists.no_number'), b.name].join(' ')
  return (
    <section className="stack close" aria-labelledby="difference">
      <h2 id="difference">{t('web.lists.difference')}</h2>
      <p className="quiet">{t('web.lists.unchanged', { n: of.unchanged + of.bases_unchanged })}</p>
      <Part title={t('web.lists.renamed')} rows={of.renamed.map((r) => [r.institution_id, `${r.from} → ${r.to}`])} />
      <Part title={t('web.lists.aliased')} rows={of.aliased.map((r) => [r.to, `${r.from} = ${r.to}`])} />
      <Part
        title={t('web.lists.role_changes')}
        rows={of.role_changes.map((c) => [
          c.institution.id + c.occupation.code,
          `${c.institution.name} · ${c.occupation.name} · ${c.from.name} → ${c.to.name}`,
        ])}
      />
      <Part title={t('web.lists.added')} rows={of.added.map((r) => [key(r), <Line key="line" of={r} />])} />
      <Part title={t('web.lists.removed')} rows={of.removed.map((r) => [key(r), <Line key="line" of={r} />])} />
      <Part title={t('web.lists.bases_added')} rows={of.bases_added.map((b) => [b.name, base(b)])} />
      <Part title={t('web.lists.bases_removed')} rows={of.bases_removed.map((b) => [b.name, base(b)])} />
      <Part
        title={t('web.lists.bases_changed')}
        rows={of.bases_changed.map((c) => [c.to.name, `${base(c.from)} → ${base(c.to)}`])}
      />
    </section>
  )
}

const key = (r: Row) => [r.institution.id, r.occupation.code, r.role.code, r.level?.code].join('/')

function Line({ of }: { of: Row }) {
  const { t } = useWords()
  return [of.institution.name, of.occupation.name, of.role.name, of.level?.name ?? t('web.lists.all_levels')].join(
    ' · ',
  )
}

function Part({ title, rows }: { title: string; rows: [string, ReactNode][] }) {
  const { t } = useWords()
  if (rows.length === 0) return null
  return (
    <details open={rows.length <= 12}>
      <summary>{t('web.lists.part', { title, n: rows.length })}</summary>
      <ul>
        {rows.map(([id, row]) => (
          <li key={id}>{row}</li>
        ))}
      </ul>
    </details>
  )
}
