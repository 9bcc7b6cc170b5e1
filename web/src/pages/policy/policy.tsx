import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { answer, api, type Schema } from '../../api/client'
import { Coming } from '../../shell/arrived'
import { Note } from '../../shell/notes'
import { number } from '../../words/time'
import { useWords } from '../../words/words'
import { Changes } from './changes'
import { Rules } from './rules'

export type Version = Schema['PolicyVersionView']

/** The rules: which versions there are, what one says and where that is written, and what differs between two. */
export function PolicyPage() {
  const { t } = useWords()
  const { version } = useSearch({ from: '/inside/policy' })
  const versions = useQuery({
    queryKey: ['policy-versions'],
    queryFn: () => answer(api.GET('/v1/policy-versions')),
  })
  if (!versions.data) return <Coming of={versions} rows={8} />
  const all = versions.data.versions
  const shown = all.find((v) => v.id === version) ?? all.find((v) => v.current) ?? all[0]
  return (
    <>
      <header className="head stack close">
        <h1>{t('web.policy.title')}</h1>
        <p className="quiet">{t('web.policy.lead')}</p>
      </header>
      <div className="stack">
        <Versions all={all} shown={shown?.id} />
        {shown ? (
          <>
            <One key={shown.id} version={shown} />
            {all.length > 1 && (
              <Changes key={`changes ${shown.id}`} version={shown} others={all.filter((v) => v !== shown)} />
            )}
          </>
        ) : (
          <Note title={t('web.policy.none')} />
        )}
      </div>
    </>
  )
}

function Versions({ all, shown }: { all: Version[]; shown: string | undefined }) {
  const { t, lang } = useWords()
  return (
    <section className="sheet stack close" aria-labelledby="versions">
      <h2 id="versions">{t('web.policy.versions')}</h2>
      <ul className="plain lines">
        {all.map((v) => (
          <li key={v.id} className="row apart" data-version={v.id}>
            <span className="stack close tight">
              <Link
                from="/policy"
                search={{ version: v.id }}
                {...(v.id === shown ? { 'aria-current': 'true' as const } : {})}
              >
                {v.name} <span className="mono small">{v.id}</span>
              </Link>
              <span className="quiet small">
                {t('web.policy.effective', { date: v.effective_from })} · {v.citation.document} {v.citation.clause}
              </span>
            </span>
            <span className="row">
              {v.current && <span className="mark good">{t('web.policy.current')}</span>}
              {v.demonstration && <span className="mark warn">{t('web.case.demonstration')}</span>}
              <span>{t('web.policy.kept', { n: number(lang, v.open_cases) })}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function One({ version }: { version: Version }) {
  const rules = useQuery({
    queryKey: ['policy-version', version.id],
    queryFn: () => answer(api.GET('/v1/policy-versions/{ref}', { params: { path: { ref: version.id } } })),
    staleTime: 600_000,
  })
  if (!rules.data) return <Coming of={rules} rows={8} />
  return <Rules rules={rules.data.rules} />
}
