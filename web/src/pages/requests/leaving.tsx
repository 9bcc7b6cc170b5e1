import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Form } from 'antd'
import { useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { useWords } from '../../words/words'
import type { Case } from '../case/queries'
import { Asking } from './asking'
import { Changing } from './changing'
import { ChoiceField } from './fields'
import { Pausing, Returning } from './pausing'
import { Rating } from './rating'

const kinds = ['identity_correction', 'body_move'] as const

/** What the trainee may do about their case: change to another class, pause, ask the bureau for something, complain, or leave. */
export function OwnActs({ c }: { c: Case }) {
  const { t } = useWords()
  const [doing, setDoing] = useState<'move' | 'pause' | 'rate' | 'ask' | 'leave'>()
  const over = c.status === 'ended' || c.status === 'withdrawn' || c.withdrawing
  const may = useQuery({
    queryKey: ['case', c.id, 'own-acts', c.last_event],
    queryFn: () => answer(api.GET('/v1/cases/{id}/own-acts', { params: { path: { id: c.id } } })),
  })
  const training = c.stages.find((s) => s.stage === 'training')?.state
  const trains = training !== undefined && !['done', 'failed', 'skipped'].includes(training)
  const done = () => setDoing(undefined)
  return (
    <section className="sheet stack" aria-labelledby="own-acts">
      <h2 id="own-acts">{t('web.requests.acts')}</h2>
      <div className="row">
        {!over && c.pause?.own && <Returning caseID={c.id} />}
        {!over && trains && <Button onClick={() => setDoing('move')}>{t('web.own.move')}</Button>}
        {!over && !c.paused && <Button onClick={() => setDoing('pause')}>{t('web.own.pause')}</Button>}
        {training === 'done' && <Button onClick={() => setDoing('rate')}>{t('web.own.rate')}</Button>}
        <Button onClick={() => setDoing('ask')}>{t('web.requests.ask_bureau')}</Button>
        {!over && <Button onClick={() => setDoing('leave')}>{t('web.requests.leave')}</Button>}
        <Link to="/my-requests" search={{ request: 'new' }}>
          {t('web.requests.complain')}
        </Link>
        <Link to="/my-requests">{t('web.requests.mine')}</Link>
      </div>
      {may.error && <Trouble error={may.error} again={() => void may.refetch()} />}
      {!over && may.data && doing === 'move' && <Changing caseID={c.id} may={may.data.move} onDone={done} />}
      {!over && may.data && doing === 'pause' && <Pausing caseID={c.id} may={may.data.pause} onDone={done} />}
      {may.data && doing === 'rate' && <Rating caseID={c.id} may={may.data.rating} />}
      {doing === 'ask' && <AskingBureau c={c} onDone={done} />}
      {doing === 'leave' && !over && <Leaving c={c} />}
    </section>
  )
}

function AskingBureau({ c, onDone }: { c: Case; onDone: () => void }) {
  const { t, name } = useWords()
  return (
    <Asking
      name="bureau"
      ask={(body: Schema['TraineeRequestBody']) =>
        answer(api.POST('/v1/cases/{id}/requests', { params: { path: { id: c.id } }, body }))
      }
      onAsked={onDone}
      label={t('web.requests.ask_what')}
      extra={t('web.requests.sealed')}
    >
      <ChoiceField
        name="kind"
        label={t('web.requests.kind')}
        options={kinds.map((value) => ({ value, label: name('petition_kind', value) }))}
      />
    </Asking>
  )
}

/** Leaving the programme: what ends, and what stays, before it is done. */
function Leaving({ c }: { c: Case }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [form] = Form.useForm<{ reason: string }>()
  const leave = useMutation({
    mutationFn: (body: { reason: string }) =>
      answer(api.POST('/v1/cases/{id}/withdrawal', { params: { path: { id: c.id } }, body })),
    onError: (error) => putFaults(form, error),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['case', c.id] }),
  })
  const trained = c.stages.some((s) => s.stage === 'training' && s.state === 'done')
  const certified = c.certificates.some((k) => k.kind === 'grade')
  return (
    <Form form={form} name="leaving" layout="vertical" requiredMark={false} onFinish={(said) => leave.mutate(said)}>
      <h3>{t('web.requests.leave_what')}</h3>
      <ul className="ways">
        <li>{t(certified ? 'web.requests.leave_certified' : 'web.requests.leave_ends')}</li>
        <li>{t(trained ? 'web.requests.leave_hours' : 'web.requests.leave_some_hours')}</li>
        {c.certificates.length > 0 && <li>{t('web.requests.leave_certificates')}</li>}
        <li>{t('web.requests.leave_fees')}</li>
        <li>{t('web.requests.leave_anew')}</li>
      </ul>
      <ReasonField rows={3} />
      {leave.error && <Trouble error={leave.error} />}
      <Button danger htmlType="submit" loading={leave.isPending}>
        {t('web.requests.leave_do')}
      </Button>
    </Form>
  )
}
