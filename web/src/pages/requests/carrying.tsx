import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { Waiting } from '../../shell/waiting'
import { within } from '../../shell/within'
import { useWords } from '../../words/words'
import { caseQuery } from '../case/queries'
import { Act, Outcome } from '../casework/acting'
import { actsQuery } from '../casework/queries'
import { TextField } from './fields'

type Detail = Schema['PetitionDetailBody']

/** Carrying out what was agreed to: by an act on the case, or by correcting a certificate or the record. */
export function CarryingOut({ of }: { of: Detail }) {
  const { t } = useWords()
  const moves = of.kind.code === 'body_move'
  return (
    <section className="stack close" aria-labelledby={`carrying-${of.id}`}>
      <h2 id={`carrying-${of.id}`}>{t(moves ? 'web.requests.carry_move' : 'web.requests.carry_identity')}</h2>
      {moves ? of.case_id && <Moving of={of} caseID={of.case_id} /> : <Correcting of={of} />}
    </section>
  )
}

function Moving({ of, caseID }: { of: Detail; caseID: string }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [done, setDone] = useState<Schema['ActView']>()
  const c = useQuery(caseQuery(caseID))
  const acts = useQuery(actsQuery(caseID))
  const error = c.error ?? acts.error
  if (error) return <Trouble error={error} again={() => void (c.error ? c : acts).refetch()} />
  if (!c.data || !acts.data) return <Waiting rows={3} />
  const finish = () => void queries.invalidateQueries({ queryKey: ['requests'] })
  if (done) return <Outcome act={done} onDone={finish} />
  const may = acts.data.possible.find((p) => p.verb.code === 'reassign')
  if (!['registration', 'training', 'exam'].includes(c.data.stage))
    return <p className="alert warn">{t('web.requests.carry_move_stage')}</p>
  if (may?.why_not) return <p className="alert warn">{may.why_not.name}</p>
  return <Act id={caseID} verb="reassign" acts={acts.data} needsApproval={false} petition={of.id} onDone={setDone} />
}

interface Said {
  certificate?: string
  name?: string
  id_number?: string
  evidence: string
  reason?: string
}

function correct(of: Detail, { certificate, name, id_number, evidence, reason = '' }: Said): Promise<unknown> {
  const given = { ...(name && { name }), ...(id_number && { id_number }), evidence }
  if (!certificate) {
    return answer(api.POST('/v1/petitions/{id}/record-correction', { params: { path: { id: of.id } }, body: given }))
  }
  const body = { ...given, reason, reason_class: 'legal_change', person_too: true, petition: of.id } as const
  return answer(api.POST('/v1/certificates/{id}/corrections', { params: { path: { id: certificate } }, body }))
}

function Correcting({ of }: { of: Detail }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [form] = Form.useForm<Said>()
  const held = of.certificates ?? []
  const send = useMutation({
    mutationFn: (said: Said) => correct(of, said),
    onError: (error) => putFaults(form, error),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['requests'] }),
  })
  return (
    <Form
      form={form}
      name={`carry-${of.id}`}
      layout="vertical"
      requiredMark={false}
      initialValues={{ certificate: held.at(-1)?.id }}
      onFinish={(said) => send.mutate(said)}
    >
      <p className="quiet">{t(held.length > 0 ? 'web.requests.carry_certificate' : 'web.requests.carry_record')}</p>
      {held.length > 0 && (
        <Form.Item name="certificate" label={t('web.requests.carry_which')}>
          <Select
            getPopupContainer={within}
            options={held.map((k) => ({ value: k.id, label: `${k.name} · ${k.number}` }))}
          />
        </Form.Item>
      )}
      <p className="quiet small">{t('web.one_certificate.printed')}</p>
      <Form.Item name="name" label={t('web.one_certificate.name')}>
        <Input autoComplete="off" maxLength={64} />
      </Form.Item>
      <Form.Item name="id_number" label={t('web.one_certificate.id_number')}>
        <Input autoComplete="off" maxLength={64} />
      </Form.Item>
      <TextField name="evidence" label={t('web.requests.carry_evidence')} rows={2} most={500} />
      {held.length > 0 && <ReasonField rows={2} />}
      {send.error && <Trouble error={send.error} />}
      <Button type="primary" htmlType="submit" loading={send.isPending}>
        {t(held.length > 0 ? 'web.requests.carry_ask' : 'web.requests.carry_do')}
      </Button>
    </Form>
  )
}
