import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import { Coming } from '../../shell/arrived'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Asking } from './asking'
import { Effects } from './effects'
import { Found } from './found'
import { Document, Printed } from './printed'
import { Requests } from './requests'
import { CertificateStatus } from './status'

export type Certificate = Schema['CertificateDetail']

/** One certificate: what it says, what became of it, what stands on it, and what is asked for about it. */
export function CertificatePage() {
  const { id } = useParams({ from: '/inside/certificates/$id' })
  const shown = useQuery({
    queryKey: ['certificate', id],
    queryFn: () => answer(api.GET('/v1/certificates/{id}', { params: { path: { id } } })),
  })
  if (!shown.data) return <Coming of={shown} rows={12} />
  const c = shown.data
  return (
    <>
      <header className="head row">
        <h1>{c.name}</h1>
        <CertificateStatus status={c.status} />
      </header>
      <div className="columns">
        <div className="stack">
          <Stated c={c} />
          <Requests of={c} />
          <Asking key={c.version} of={c} />
        </div>
        <div className="stack">
          <History c={c} />
          <Effects of={c} />
          <Publications of={c} />
        </div>
      </div>
    </>
  )
}

function Stated({ c }: { c: Certificate }) {
  const { t } = useWords()
  const { account } = useSession()
  return (
    <section className="sheet stack close" aria-labelledby="facts">
      <h2 id="facts">{t('web.one_certificate.facts')}</h2>
      <Printed of={c} holder={`${c.holder} · ${c.id_number}`} />
      <Other label={t('web.one_certificate.supersedes')} of={c.supersedes} />
      <Other
        label={t(c.status === 'superseded' ? 'web.one_certificate.superseded_by' : 'web.one_certificate.replacing')}
        of={c.superseded_by}
      />
      {c.status === 'revoked' && account.role === 'operator' && (
        <p>
          <Link to="/certificate-reliance" search={{ certificate: c.id }}>
            {t('web.reliance.to')}
          </Link>
        </p>
      )}
      {c.status !== 'prepared' && c.status !== 'cancelled' && <Document of={c} ready={c.origin === 'issued'} />}
    </section>
  )
}

/** A certificate before or after this one. */
function Other({ label, of }: { label: string; of: Certificate['supersedes'] }) {
  if (!of) return null
  return (
    <p className="row">
      <span className="quiet">{label}</span>
      <Link to="/certificates/$id" params={{ id: of.id }} className="mono">
        {of.number}
      </Link>
      <CertificateStatus status={of.status} />
    </p>
  )
}

function History({ c }: { c: Certificate }) {
  const { t, lang } = useWords()
  return (
    <section className="sheet stack close" aria-labelledby="history">
      <h2 id="history">{t('web.one_certificate.history')}</h2>
      <ol className="plain lines">
        {c.history.map((line) => (
          <li key={line.at + line.status} className="stack close tight">
            <span className="row apart">
              <CertificateStatus status={line.status} />
              <span className="quiet small">
                {moment(lang, line.at)} · {line.by}
              </span>
            </span>
            {line.reason_class && <span>{line.reason_class.name}</span>}
            {line.reason && <span className="quiet small">{line.reason}</span>}
          </li>
        ))}
      </ol>
    </section>
  )
}

/** Where the certificate is found, for its issuer and operators: its holder reads it beside their certificates. */
function Publications({ of }: { of: Certificate }) {
  const { t } = useWords()
  const { account } = useSession()
  const list = useQuery({
    queryKey: ['certificate', of.id, 'publications'],
    queryFn: () => answer(api.GET('/v1/certificates/{id}/publications', { params: { path: { id: of.id } } })),
    enabled: account.role !== 'trainee',
  })
  if (!list.data?.publications?.length) return null
  return (
    <section className="sheet stack close" aria-labelledby="channels">
      <h2 id="channels">{t('web.one_certificate.channels')}</h2>
      <Found on={list.data.publications} />
    </section>
  )
}
