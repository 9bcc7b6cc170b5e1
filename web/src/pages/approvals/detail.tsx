import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { answer, api, type Schema } from '../../api/client'
import { Arrived } from '../../shell/arrived'
import { Aside } from '../../shell/aside'
import { Deciding, type Said } from '../../shell/deciding'
import { type Fact, Facts } from '../../shell/facts'
import { Withdrawing } from '../../shell/withdrawing'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { State } from './approvals'

type Detail = Schema['ApprovalDetailBody']

/** What somebody asked for, what it would do as things stand, and the second person's decision. */
export function ApprovalDetail({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useWords()
  const approval = useQuery({
    queryKey: ['approval', id],
    queryFn: () => answer(api.GET('/v1/approvals/{id}', { params: { path: { id } } })),
  })
  return (
    <Aside onClose={onClose} title={approval.data?.verb.name ?? t('web.approvals.title')}>
      <Arrived of={approval}>{(data) => <Asked approval={data} />}</Arrived>
    </Aside>
  )
}

function Asked({ approval }: { approval: Detail }) {
  const { t, lang } = useWords()
  const params = approval.act?.params
  const facts: Fact[] = [
    [t('web.approvals.about'), approval.incident?.cause.name ?? approval.stage?.name],
    [t('web.approvals.by'), approval.mine ? t('web.approvals.me') : approval.by.label],
    [t('web.approvals.at'), moment(lang, approval.requested_at)],
    [t('web.resolve.legal_basis'), approval.legal_basis],
    [t('web.approvals.reason'), approval.reason],
    [t('web.resolve.evidence'), params?.evidence],
    ...(params?.marks ?? []).map((m): Fact => [m.part.name, String(m.score)]),
    [t('web.approvals.decided_by'), approval.decided_by?.label],
    [t('web.approvals.decided'), approval.decision_reason],
  ]
  return (
    <div className="stack">
      <div className="row">
        <State of={approval} />
      </div>
      <Facts of={facts} />
      {approval.case_id && (
        <Link to="/cases/$id" params={{ id: approval.case_id }}>
          {t('web.deadlines.open_case')}
        </Link>
      )}
      {approval.effects.length > 0 && (
        <section className="stack close">
          <h3>{t('web.approvals.effects')}</h3>
          <ul>
            {approval.effects.map((effect) => (
              <li key={effect.text}>{effect.text}</li>
            ))}
          </ul>
        </section>
      )}
      {approval.state === 'pending' && !approval.current && <p className="alert warn">{t('web.approvals.outdated')}</p>}
      {approval.state === 'pending' && (approval.mine ? <Withdraw of={approval} /> : <Decide of={approval} />)}
    </div>
  )
}

/** After a decision the lists and the case may be otherwise. */
function useAfterwards(id: string) {
  const queries = useQueryClient()
  return () => {
    for (const queryKey of [['approval', id], ['approvals']]) void queries.invalidateQueries({ queryKey })
  }
}

function Withdraw({ of }: { of: Detail }) {
  const afterwards = useAfterwards(of.id)
  const withdraw = useMutation({
    mutationFn: () => answer(api.POST('/v1/approvals/{id}/withdrawal', { params: { path: { id: of.id } } })),
    onSettled: afterwards,
  })
  return <Withdrawing pending={withdraw.isPending} error={withdraw.error} withdraw={withdraw.mutate} />
}

function Decide({ of }: { of: Detail }) {
  const afterwards = useAfterwards(of.id)
  const decide = useMutation({
    mutationFn: ({ decision, reason }: Said) =>
      answer(
        api.POST('/v1/approvals/{id}/decision', {
          params: { path: { id: of.id } },
          body: { decision: decision === 'approve' ? 'approve' : 'reject', reason, seen: of.seen },
        }),
      ),
    onSettled: afterwards,
  })
  return (
    <Deciding
      id={of.id}
      outdated={!of.current}
      danger={of.verb.code === 'cancel'}
      pending={decide.isPending}
      error={decide.error}
      decide={decide.mutateAsync}
    />
  )
}
