import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { Filing } from '../../shell/evidence'
import { Trouble } from '../../shell/notes'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { ClaimState } from './state'

/** What one said of whom one is, and what became of it; and what others said, by which one is somebody no more. */
export function OwnClaims() {
  const { t, lang } = useWords()
  const own = useQuery({ queryKey: ['my', 'claims'], queryFn: () => answer(api.GET('/v1/me/person-claims')) })
  if (own.error) return <Trouble error={own.error} again={() => void own.refetch()} />
  const { claims = [], lost = [] } = own.data ?? {}
  const shown = claims.filter((c) => c.state.code !== 'withdrawn').slice(0, 1)
  return (
    <>
      {lost.map((c) => (
        <p key={c.id} className="alert warn">
          {t('web.claims.lost', { at: moment(lang, c.decided_at ?? c.asked_at) })}
        </p>
      ))}
      {shown.map((c) => (
        <OwnClaim key={c.id} of={c} />
      ))}
    </>
  )
}

function OwnClaim({ of }: { of: Schema['PersonClaimView'] }) {
  const { t, lang } = useWords()
  const queries = useQueryClient()
  const back = useMutation({
    mutationFn: () => answer(api.POST('/v1/me/person-claims/{id}/withdrawal', { params: { path: { id: of.id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['my'] }),
  })
  return (
    <section className="sheet stack close" aria-labelledby={`claim-${of.id}`}>
      <h2 id={`claim-${of.id}`}>{t('web.claims.own')}</h2>
      <p className="row">
        <ClaimState of={of} />
        <span className="quiet">{moment(lang, of.asked_at)}</span>
      </p>
      {of.reason && <p>{of.reason}</p>}
      {of.state.code === 'asked' && (
        <>
          <p className="quiet">{t('web.claims.own_advice')}</p>
          <Filing about="claim" id={of.id} kinds={['identity_document']} />
          {back.error && <Trouble error={back.error} />}
          <div>
            <Button loading={back.isPending} onClick={() => back.mutate()}>
              {t('web.claims.take_back')}
            </Button>
          </div>
        </>
      )}
    </section>
  )
}
