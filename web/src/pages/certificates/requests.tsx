import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import { Deciding, type Said } from '../../shell/deciding'
import { Trouble } from '../../shell/notes'
import { Withdrawing } from '../../shell/withdrawing'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import type { Certificate } from './certificate'

type Request = Schema['CertificateRequestView']

const tones = { open: 'warn', approved: 'good', refused: 'bad', withdrawn: 'still' } as const

/** What was asked for about a certificate, the latest first. */
export function Requests({ of }: { of: Certificate }) {
  const { t } = useWords()
  const list = useQuery({
    queryKey: ['certificate', of.id, 'requests'],
    queryFn: () => answer(api.GET('/v1/certificate-requests', { params: { query: { certificate: of.id } } })),
  })
  if (list.error && !list.data) return <Trouble error={list.error} again={() => void list.refetch()} />
  if (!list.data?.requests.length) return null
  return (
    <section className="sheet stack close" aria-labelledby="requests">
      <h2 id="requests">{t('web.one_certificate.requests')}</h2>
      <ul className="plain lines">
        {list.data.requests.map((request) => (
          <li key={request.id}>
            <One request={request} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function One({ request }: { request: Request }) {
  const { t, lang } = useWords()
  const { account } = useSession()
  const decides = !request.mine && account.role !== 'trainee' && !account.district
  return (
    <article className="stack close" aria-label={request.kind_name}>
      <span className="row apart">
        <strong>
          {request.kind_name} · {request.reason_class.name}
        </strong>
        <span className={`mark ${tones[request.state]}`}>{request.state_name}</span>
      </span>
      <span className="quiet small">
        {request.by.name} · {moment(lang, request.requested_at)}
      </span>
      <p>{request.reason}</p>
      {request.evidence && <p className="quiet small">{t('web.one_certificate.rests', { text: request.evidence })}</p>}
      {request.decision_reason && <p className="quiet small">{request.decision_reason}</p>}
      {request.state === 'open' && !request.current && (
        <p className="alert warn">{t('web.one_certificate.outdated')}</p>
      )}
      {request.state === 'open' && request.mine && <Withdraw request={request} />}
      {request.state === 'open' && decides && request.kind === 'correction' && <Proposed request={request} />}
      {request.state === 'open' && decides && <Decide request={request} />}
    </article>
  )
}

/** After a decision all that the page shows may be otherwise. */
function useAfterwards(request: Request) {
  const queries = useQueryClient()
  return () => void queries.invalidateQueries({ queryKey: ['certificate', request.certificate.id] })
}

function Withdraw({ request }: { request: Request }) {
  const afterwards = useAfterwards(request)
  const withdraw = useMutation({
    mutationFn: () =>
      answer(api.POST('/v1/certificate-requests/{id}/withdrawal', { params: { path: { id: request.id } } })),
    onSettled: afterwards,
  })
  return <Withdrawing pending={withdraw.isPending} error={withdraw.error} withdraw={withdraw.mutate} />
}

/** What the certificate says, and what it is to say. It is asked for when somebody wants to see it: that is written down. */
function Proposed({ request }: { request: Request }) {
  const { t } = useWords()
  const shown = useQuery({
    queryKey: ['certificate', request.certificate.id, 'requests', request.id],
    queryFn: () => answer(api.GET('/v1/certificate-requests/{id}', { params: { path: { id: request.id } } })),
    enabled: false,
  })
  if (!shown.data) {
    return (
      <div className="row">
        <Button onClick={() => void shown.refetch()} loading={shown.isFetching}>
          {t('web.one_certificate.compare')}
        </Button>
        <span className="quiet small">{t('web.one_certificate.compare_kept')}</span>
        {shown.error && <Trouble error={shown.error} />}
      </div>
    )
  }
  const { printed, proposed, person_too } = shown.data
  const photo = proposed.photo
  return (
    <dl className="facts">
      {proposed.name && (
        <div className="fact">
          <dt>{t('web.one_certificate.name')}</dt>
          <dd>
            {printed.name} → <strong>{proposed.name}</strong>
          </dd>
        </div>
      )}
      {proposed.id_number && (
        <div className="fact">
          <dt>{t('web.one_certificate.id_number')}</dt>
          <dd>
            {printed.id_number} → <strong>{proposed.id_number}</strong>
          </dd>
        </div>
      )}
      {photo && (
        <div className="fact">
          <dt>{t('web.one_certificate.new_photo')}</dt>
          <dd>
            <img src={`data:image/jpeg;base64,${photo}`} alt={t('web.one_certificate.new_photo')} height={140} />
          </dd>
        </div>
      )}
      {person_too && <p className="quiet small">{t('web.one_certificate.person_too')}</p>}
    </dl>
  )
}

function Decide({ request }: { request: Request }) {
  const afterwards = useAfterwards(request)
  const decide = useMutation({
    mutationFn: (said: Said) =>
      answer(
        api.POST('/v1/certificate-requests/{id}/decision', {
          params: { path: { id: request.id } },
          body: { ...said, version: request.version },
        }),
      ),
    onSettled: afterwards,
  })
  return (
    <Deciding
      id={request.id}
      outdated={!request.current}
      pending={decide.isPending}
      error={decide.error}
      decide={decide.mutateAsync}
    />
  )
}
