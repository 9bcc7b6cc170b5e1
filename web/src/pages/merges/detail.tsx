import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form } from 'antd'
import { useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { Arrived } from '../../shell/arrived'
import { Aside } from '../../shell/aside'
import { Deciding, type Said } from '../../shell/deciding'
import { type Fact, Facts } from '../../shell/facts'
import { putFaults } from '../../shell/faults'
import { Withdrawing } from '../../shell/withdrawing'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { State } from './merges'
import { type Given, Saying } from './saying'
import { Sides } from './sides'

type Detail = Schema['MergeDetailOutputBody']

/** What somebody asked for about two records, both as they stand, and the second person's decision. */
export function MergeDetail({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useWords()
  const merge = useQuery({
    queryKey: ['merge', id],
    queryFn: () => answer(api.GET('/v1/merges/{id}', { params: { path: { id } } })),
  })
  return (
    <Aside
      broad
      onClose={onClose}
      title={merge.data ? t(merge.data.reverses ? 'web.merges.back' : 'web.merges.one') : t('web.merges.title')}
    >
      <Arrived of={merge}>{(data) => <Asked merge={data} />}</Arrived>
    </Aside>
  )
}

function Asked({ merge }: { merge: Detail }) {
  const { t, lang } = useWords()
  const facts: Fact[] = [
    [t('web.approvals.by'), merge.mine ? t('web.approvals.me') : merge.by.label],
    [t('web.approvals.at'), moment(lang, merge.requested_at)],
    [t('web.resolve.evidence'), merge.evidence],
    [t('web.resolve.legal_basis'), merge.legal_basis],
    [t('web.approvals.reason'), merge.reason],
    [t('web.approvals.decided_by'), merge.decided_by?.label],
    [t('web.approvals.decided'), merge.decision_reason],
  ]
  const open = merge.state.code === 'open'
  return (
    <div className="stack">
      <div className="row">
        <State of={merge} />
        {merge.state.code === 'approved' && !merge.reverses && !merge.stands && (
          <span className="mark still">{t('web.merges.apart')}</span>
        )}
      </div>
      <Facts of={facts} />
      {merge.look && <Sides look={merge.look} />}
      {open && !merge.current && <p className="alert warn">{t('web.merges.outdated')}</p>}
      {open && (merge.mine ? <Withdraw of={merge} /> : <Decide of={merge} />)}
      {merge.stands && merge.look && <Back of={merge} seen={merge.look.seen} />}
    </div>
  )
}

/** After a decision every list may say something else of the two. */
function useAfterwards() {
  const queries = useQueryClient()
  return () => void queries.invalidateQueries()
}

function Withdraw({ of }: { of: Detail }) {
  const afterwards = useAfterwards()
  const withdraw = useMutation({
    mutationFn: () => answer(api.POST('/v1/merges/{id}/withdrawal', { params: { path: { id: of.id } } })),
    onSettled: afterwards,
  })
  return <Withdrawing pending={withdraw.isPending} error={withdraw.error} withdraw={withdraw.mutate} />
}

function Decide({ of }: { of: Detail }) {
  const afterwards = useAfterwards()
  const decide = useMutation({
    mutationFn: (said: Said) =>
      answer(
        api.POST('/v1/merges/{id}/decision', { params: { path: { id: of.id } }, body: { ...said, seen: of.seen } }),
      ),
    onSettled: afterwards,
  })
  return (
    <Deciding
      id={of.id}
      outdated={!of.current}
      pending={decide.isPending}
      error={decide.error}
      decide={decide.mutateAsync}
    />
  )
}

/** They were not one person after all: that, too, takes two. */
function Back({ of, seen }: { of: Detail; seen: string }) {
  const { t } = useWords()
  const [asking, setAsking] = useState(false)
  const [form] = Form.useForm<Given>()
  const afterwards = useAfterwards()
  const ask = useMutation({
    mutationFn: (given: Given) =>
      answer(api.POST('/v1/merges/{id}/reversal', { params: { path: { id: of.id } }, body: { ...given, seen } })),
    onSuccess: () => {
      setAsking(false)
      afterwards()
    },
    onError: (e) => putFaults(form, e),
  })
  if (ask.data && !asking) return <p role="status">{t('web.merges.back_asked')}</p>
  if (!asking) {
    return (
      <div className="row">
        <Button onClick={() => setAsking(true)}>{t('web.merges.ask_back')}</Button>
      </div>
    )
  }
  return (
    <Saying form={form} name="merge-back" pending={ask.isPending} error={ask.error} say={(given) => ask.mutate(given)}>
      {t('web.merges.ask_back')}
    </Saying>
  )
}
