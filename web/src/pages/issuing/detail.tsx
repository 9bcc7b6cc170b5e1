import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { answer, api } from '../../api/client'
import { keep } from '../../api/file'
import { useSession } from '../../api/session'
import { Aside } from '../../shell/aside'
import { Deciding, type Said } from '../../shell/deciding'
import { Trouble } from '../../shell/notes'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { type Profile, State } from './issuing'

/** One version: what certificates carry by it, a specimen, and, for an operator of the city, the decision. */
export function ProfileDetail({ profile, onClose }: { profile: Profile; onClose: () => void }) {
  const { t, lang } = useWords()
  const { account } = useSession()
  const { id } = profile
  const print = useMutation({
    mutationFn: () => keep(api.GET('/v1/issuer-profiles/{id}/specimen', { params: { path: { id } }, parseAs: 'blob' })),
  })
  return (
    <Aside onClose={onClose} title={`${profile.kind.name} · ${t('web.issuing.version_n', { n: profile.version })}`}>
      <div className="stack">
        <dl className="facts">
          <dt>{t('web.certificates.issuer')}</dt>
          <dd>{profile.institution.name}</dd>
          <dt>{t('web.certificates.status')}</dt>
          <dd>
            <State of={profile} />
          </dd>
          <dt>{t('web.issuing.scheme')}</dt>
          <dd className="mono">{profile.number_scheme || t('web.issuing.standard')}</dd>
          <dt>{t('web.issuing.example')}</dt>
          <dd className="mono">{profile.example}</dd>
          <dt>{t('web.issuing.seal')}</dt>
          <dd>
            {profile.has_seal ? (
              <span className="stack close">
                <img src={`/v1/issuer-profiles/${id}/seal`} alt={profile.seal_name} width={120} />
                <span>
                  {profile.seal_name}
                  {profile.stand_in && ` ${t('web.issuing.stand_in_mark')}`}
                </span>
              </span>
            ) : (
              t('web.issuing.no_seal')
            )}
          </dd>
          <dt>{t('web.issuing.extra')}</dt>
          <dd>{profile.extra.length ? profile.extra.map((line) => <div key={line}>{line}</div>) : '—'}</dd>
          <dt>{t('web.issuing.proposed_at')}</dt>
          <dd>{moment(lang, profile.proposed_at)}</dd>
          <dt>{t('web.resolve.reason')}</dt>
          <dd>{profile.reason}</dd>
          {profile.decided_at && (
            <>
              <dt>{t('web.issuing.decided_at')}</dt>
              <dd>{moment(lang, profile.decided_at)}</dd>
              <dt>{t('web.issuing.decision_reason')}</dt>
              <dd>{profile.decision_reason}</dd>
            </>
          )}
        </dl>
        <div>
          <Button loading={print.isPending} onClick={() => print.mutate()}>
            {t('web.issuing.specimen')}
          </Button>
        </div>
        {print.error && <Trouble error={print.error} />}
        {account.role === 'operator' && !account.district && profile.state.code === 'proposed' && <Decide id={id} />}
      </div>
    </Aside>
  )
}

function Decide({ id }: { id: string }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const decide = useMutation({
    mutationFn: (body: Said) =>
      answer(api.POST('/v1/issuer-profiles/{id}/decision', { params: { path: { id } }, body })),
    onSettled: () => void queries.invalidateQueries({ queryKey: ['issuing'] }),
  })
  return (
    <>
      <p className="quiet">{t('web.issuing.decide_means')}</p>
      <Deciding id={id} pending={decide.isPending} error={decide.error} decide={decide.mutateAsync} />
    </>
  )
}
