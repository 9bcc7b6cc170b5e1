import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form } from 'antd'
import { useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { Coming } from '../../shell/arrived'
import { Aside } from '../../shell/aside'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { useWords } from '../../words/words'
import { ActFields, type Asked, bodyOf, LegalBasis } from './actfields'
import { type Acts, actsQuery } from './queries'

type Verb = Schema['ActBody']['verb']
type Effects = Schema['PreviewOutputBody']

interface Props {
  id: string
  /** What is being done; "choose" while that is not said yet. */
  verb: string
  onVerb: (verb: string) => void
  onClose: () => void
}

/** The sheet in which an operator acts on the case: what, with what it needs, what it would do, and then it is done. */
export function Acting({ id, verb, onVerb, onClose }: Props) {
  const { t } = useWords()
  const acts = useQuery(actsQuery(id))
  // What was done stays to be read, though the case may have no such act any more.
  const [done, setDone] = useState<Schema['ActView']>()
  const one = acts.data?.possible.find((p) => p.verb.code === verb && !p.why_not)
  return (
    <Aside title={(done ?? one)?.verb.name ?? t('web.casework.act')} onClose={onClose} broad>
      {done ? (
        <Outcome act={done} onDone={onClose} />
      ) : !acts.data ? (
        <Coming of={acts} />
      ) : one ? (
        <Act
          key={verb}
          id={id}
          verb={verb as Verb}
          acts={acts.data}
          needsApproval={one.needs_approval}
          back={() => onVerb('choose')}
          onDone={setDone}
        />
      ) : (
        <Choosing acts={acts.data} onVerb={onVerb} />
      )}
    </Aside>
  )
}

/** What can be done now, and why the rest cannot. */
function Choosing({ acts, onVerb }: { acts: Acts; onVerb: (verb: string) => void }) {
  const { t } = useWords()
  return (
    <ul className="plain lines">
      {acts.possible.map((p) => (
        <li key={p.verb.code} className="row apart" data-verb={p.verb.code}>
          <span>
            {p.verb.name}{' '}
            <span className="quiet small">
              {p.why_not ? p.why_not.name : p.needs_approval ? t('web.casework.needs_two') : ''}
            </span>
          </span>
          <Button
            disabled={p.why_not !== undefined}
            onClick={() => onVerb(p.verb.code)}
            aria-label={`${t('web.casework.choose')}: ${p.verb.name}`}
          >
            {t('web.casework.choose')}
          </Button>
        </li>
      ))}
    </ul>
  )
}

interface ActProps {
  id: string
  verb: Verb
  acts: Acts
  needsApproval: boolean
  /** The trainee's request that it carries out. */
  petition?: string
  /** To choose another; left out where there is none to be chosen. */
  back?: () => void
  onDone: (act: Schema['ActView']) => void
}

/** One act, with what it needs: what it would do is shown before it is done. */
export function Act({ id, verb, acts, needsApproval, petition, back, onDone }: ActProps) {
  const { t } = useWords()
  const [form] = Form.useForm<Asked>()
  const queries = useQueryClient()
  const params = { params: { path: { id } } }
  const body = (said: Asked) => ({ ...bodyOf(verb, acts.seen, said), ...(petition && { petition }) })
  const preview = useMutation({
    mutationFn: (said: Asked) => answer(api.POST('/v1/cases/{id}/acts/preview', { ...params, body: body(said) })),
    onError: (error) => putFaults(form, error),
  })
  const act = useMutation({
    mutationFn: (said: Asked) => answer(api.POST('/v1/cases/{id}/acts', { ...params, body: body(said) })),
    onSuccess: (answered) => onDone(answered.act),
    onSettled: () => queries.invalidateQueries({ queryKey: ['case', id] }),
    onError: (error) => putFaults(form, error),
  })
  const allowed = preview.data?.allowed === true
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      // What was shown is of what was said then: whoever changes it looks again.
      onValuesChange={() => preview.reset()}
      onFinish={(said) => (allowed ? act.mutate(said) : preview.mutate(said))}
    >
      <ActFields id={id} verb={verb} stages={acts.stages} />
      <ReasonField />
      {needsApproval && <LegalBasis />}
      {preview.data && <Effect preview={preview.data} />}
      {(preview.error ?? act.error) ? <Trouble error={preview.error ?? act.error} /> : null}
      <div className="row">
        <Button
          type={allowed ? 'primary' : 'default'}
          htmlType="submit"
          loading={preview.isPending || act.isPending}
          danger={allowed && (verb === 'cancel' || verb === 'withdraw')}
        >
          {t(allowed ? (needsApproval ? 'web.casework.ask' : 'web.casework.do') : 'web.casework.preview')}
        </Button>
        {back && <Button onClick={back}>{t('web.casework.other')}</Button>}
      </div>
    </Form>
  )
}

/** What the act would do, as things stand; nothing was done yet. */
function Effect({ preview }: { preview: Effects }) {
  const { t } = useWords()
  return (
    <section
      className={`alert ${preview.allowed ? 'good' : 'warn'} stack close`}
      role="status"
      data-preview={preview.allowed}
    >
      <strong>{t(preview.allowed ? 'web.casework.would' : 'web.casework.would_not')}</strong>
      {preview.allowed && preview.needs_approval && <p>{t('web.casework.second_person')}</p>}
      <ol className="effects">
        {preview.effects.map((e) => (
          <li key={e.code + e.text}>{e.text}</li>
        ))}
        {preview.faults.map((f) => (
          <li key={f.field + f.code}>{f.message}</li>
        ))}
      </ol>
    </section>
  )
}

/** What became of it. */
export function Outcome({ act, onDone }: { act: Schema['ActView']; onDone: () => void }) {
  const { t } = useWords()
  const good = act.state === 'applied'
  return (
    <div className="stack">
      <section className={`alert ${good ? 'good' : 'warn'} stack close`} role="status" data-outcome={act.state}>
        <strong>
          {act.verb.name} · {act.state_name}
        </strong>
        {act.state === 'awaiting_approval' && <p>{t('web.casework.second_person')}</p>}
        {act.state === 'pending' && <p>{t('web.casework.on_its_way')}</p>}
        {act.refusal && <p>{act.refusal.name}</p>}
      </section>
      <div>
        <Button type="primary" onClick={onDone}>
          {t('web.frame.close')}
        </Button>
      </div>
    </div>
  )
}
