import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { keep } from '../../api/file'
import { Coming } from '../../shell/arrived'
import { Note, Trouble } from '../../shell/notes'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Document, Printed } from './printed'
import { CertificateStatus } from './status'
import './mine.css'

const Sharing = lazy(() => import('./sharing').then((m) => ({ default: m.Sharing })))

type Mine = Schema['MyCertificateView']

/** The certificates of the trainee who looks: what each says, whether it holds, where it is found, and its document. */
export function MyCertificates() {
  const { t } = useWords()
  const mine = useQuery({ queryKey: ['my', 'certificates'], queryFn: () => answer(api.GET('/v1/me/certificates')) })
  if (!mine.data) return <Coming of={mine} />
  const { certificates } = mine.data
  return (
    <div className="stack">
      <h1>{t('web.mine.title')}</h1>
      {certificates.length === 0 ? (
        <Note title={t('web.mine.none')}>
          <p>{t('web.mine.none_advice')}</p>
        </Note>
      ) : (
        <ul className="plain my-certificates">
          {certificates.map((c) => (
            <li key={c.id}>
              <Card of={c} />
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function Card({ of }: { of: Mine }) {
  const { t, lang } = useWords()
  const { status } = of
  const holds = status === 'valid'
  return (
    <article className={`sheet stack my-certificate ${holds ? 'holds' : ''}`} aria-labelledby={`c-${of.id}`}>
      <div className="row apart">
        <h2 id={`c-${of.id}`}>{of.name}</h2>
        <span className="row">
          {of.demonstration && <span className="mark warn">{t('web.case.demonstration')}</span>}
          <CertificateStatus status={of.status} />
        </span>
      </div>
      <Printed of={of} />
      {status !== 'valid' && <p className="quiet">{t(`web.mine.${status}`, { at: moment(lang, of.status_since) })}</p>}
      {(of.publications ?? []).length > 0 && (
        <ul className="plain small quiet" aria-label={t('web.mine.found')}>
          {of.publications?.map((p) => (
            <li key={p.channel.code}>{p.text}</li>
          ))}
        </ul>
      )}
      {status !== 'prepared' && <Doing of={of} />}
    </article>
  )
}

/** What its holder can do with a certificate beside taking its document: show it, have it mended, take it along for software to read. */
function Doing({ of }: { of: Mine }) {
  const { t } = useWords()
  const [sharing, setSharing] = useState(false)
  const wallet = useMutation({
    mutationFn: () =>
      keep(api.GET('/v1/me/certificates/{id}/credential', { params: { path: { id: of.id } }, parseAs: 'blob' })),
  })
  return (
    <div className="stack close">
      <Document of={of} ready={of.document === 'ready'} first>
        {of.status !== 'cancelled' && (
          <Button onClick={() => setSharing(true)} aria-label={t('web.sharing.open_named', { number: of.number })}>
            {t('web.sharing.open')}
          </Button>
        )}
        {of.status === 'valid' && (
          <>
            <Button type="link" onClick={() => wallet.mutate()} loading={wallet.isPending}>
              {t('web.mine.credential')}
            </Button>
            <Link to="/certificates/$id" params={{ id: of.id }}>
              {t('web.mine.correct')}
            </Link>
          </>
        )}
      </Document>
      {of.document !== 'ready' && <p className="small quiet">{t(`web.mine.document_${of.document}`)}</p>}
      {sharing && (
        <Suspense>
          <Sharing id={of.id} number={of.number} onClose={() => setSharing(false)} />
        </Suspense>
      )}
      {wallet.error && <Trouble error={wallet.error} />}
    </div>
  )
}
