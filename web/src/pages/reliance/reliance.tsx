import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { answer, api, type Schema } from '../../api/client'
import type { Column } from '../../list/listing'
import { ListPage, size, useChange } from '../../list/page'
import { relianceClasses, relianceMonths } from '../../router'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import '../incidents/incidents.css'

type Reliance = Schema['RelianceView']

/** Who had checked certificates that were revoked afterwards: they may have relied on them, and are to be told. */
export function ReliancePage() {
  const { t, name, lang } = useWords()
  const asked = useSearch({ from: '/inside/certificate-reliance' })
  const change = useChange()
  const { months, page = 1, ...narrowed } = asked
  const list = useQuery({
    queryKey: ['reliance', asked],
    queryFn: async () => {
      const query = { ...narrowed, ...(months ? { months: Number(months) } : {}), page, limit: size }
      const { reliance, total, relying } = await answer(api.GET('/v1/certificate-reliance', { params: { query } }))
      return { rows: reliance, total, relying }
    },
    placeholderData: keepPreviousData,
  })
  const columns: Column<Reliance>[] = [
    { key: 'who', title: t('web.reliance.who'), render: (row) => row.institution?.name ?? t('web.reliance.operators') },
    {
      key: 'certificate',
      title: t('web.checks.certificate'),
      render: (row) => (
        <>
          <Link to="/certificates/$id" params={{ id: row.certificate.id }} className="mono">
            {row.certificate.number}
          </Link>
          <div className="quiet small">{row.certificate.kind.name}</div>
        </>
      ),
    },
    {
      key: 'purpose',
      title: t('web.checks.purpose'),
      render: (row) => (
        <>
          {row.purpose.name}
          <div className="quiet small">{row.reason}</div>
        </>
      ),
    },
    { key: 'checked', title: t('web.reliance.checked'), render: (row) => moment(lang, row.checked_at) },
    {
      key: 'revoked',
      title: t('web.reliance.revoked'),
      render: (row) => (
        <>
          {row.revoked.class.name}
          <div className="quiet small">{moment(lang, row.revoked.at)}</div>
        </>
      ),
    },
  ]
  return (
    <ListPage
      heading={t('web.reliance.title')}
      lead={t('web.reliance.lead')}
      filters={[
        {
          name: 'reason_class',
          label: t('web.one_certificate.class'),
          value: asked.reason_class,
          options: relianceClasses.map((c) => ({ value: c, label: name('certificate_reason', c) })),
        },
        {
          name: 'months',
          label: t('web.reliance.since'),
          value: months,
          standing: t('web.reliance.months', { n: 12 }),
          options: relianceMonths.map((n) => ({ value: n, label: t('web.reliance.months', { n }) })),
        },
      ]}
      above={
        <Relying
          of={list.data?.relying ?? []}
          picked={asked.institution}
          onPick={(institution) => change({ institution, page: undefined })}
        />
      }
      columns={columns}
      query={list}
      search={asked}
      open={undefined}
      detail={() => null}
      none={{ title: t('web.reliance.none'), advice: t('web.reliance.none_advice') }}
    />
  )
}

/** The same counted by who checked. A count narrows the list below it, and again shows all. */
function Relying({
  of,
  picked,
  onPick,
}: {
  of: Schema['RelyingView'][]
  picked: string | undefined
  onPick: (institution: string | undefined) => void
}) {
  const { t, lang } = useWords()
  const named = of.flatMap(({ institution, ...counted }) => (institution ? [{ ...counted, institution }] : []))
  if (named.length === 0) return null
  return (
    <section className="causes" aria-label={t('web.reliance.by_who')}>
      {named.map((g) => (
        <button
          key={g.institution.id}
          type="button"
          className="cause"
          aria-pressed={picked === g.institution.id}
          onClick={() => onPick(picked === g.institution.id ? undefined : g.institution.id)}
        >
          <span className="cause-count">{g.certificates}</span>
          <span className="cause-title">{g.institution.name}</span>
          <span className="small quiet">{t('web.reliance.last', { at: moment(lang, g.checked_at) })}</span>
        </button>
      ))}
    </section>
  )
}
