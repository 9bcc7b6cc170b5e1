import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api, type Schema } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { Withdrawing } from '../../shell/withdrawing'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

type Request = Schema['CertificateRequestView']

const tones = { open: 'now', approved: 'good', refused: 'bad', withdrawn: 'still' } as const
const key = ['requests', 'certificates']

/** Corrections of the trainee's certificates that were asked for, and how far each is. Nothing where there is none. */
export function Corrections() {
  const { t } = useWords()
  const list = useQuery({
    queryKey: key,
    queryFn: () => answer(api.GET('/v1/certificate-requests', { params: { query: { limit: 200 } } })),
  })
  if (list.error && !list.data) return <Trouble error={list.error} again={() => void list.refetch()} />
  const corrections = list.data?.requests.filter((r) => r.kind === 'correction') ?? []
  if (corrections.length === 0) return null
  return (
    <section className="stack" aria-labelledby="corrections">
      <h2 id="corrections">{t('web.requests.corrections')}</h2>
      <ul className="plain stack">
        {corrections.map((of) => (
          <li key={of.id}>
            <Card of={of} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function Card({ of }: { of: Request }) {
  const { t, lang } = useWords()
  return (
    <article className="sheet stack close request">
      <div className="row apart">
        <h3>
          {of.certificate.name} · {of.reason_class.name}
        </h3>
        <span className={`mark ${tones[of.state]}`}>{of.state_name}</span>
      </div>
      <p className="quiet">
        {of.certificate.number} · {of.certificate.issuer.name} · {moment(lang, of.requested_at)}
      </p>
      <p>{of.reason}</p>
      {of.state === 'open' && <p className="quiet">{t('web.requests.correction_open')}</p>}
      {of.decision_reason && <p>{of.decision_reason}</p>}
      {of.state === 'open' && of.mine && <Withdraw of={of} />}
    </article>
  )
}

function Withdraw({ of }: { of: Request }) {
  const queries = useQueryClient()
  const withdraw = useMutation({
    mutationFn: () => answer(api.POST('/v1/certificate-requests/{id}/withdrawal', { params: { path: { id: of.id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  })
  return <Withdrawing pending={withdraw.isPending} error={withdraw.error} withdraw={withdraw.mutate} />
}
