import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { Arrived } from '../../shell/arrived'
import { Aside } from '../../shell/aside'
import { Ending } from '../../shell/ending'
import { Trouble } from '../../shell/notes'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Uploading } from '../intakes/uploading'
import { Code } from '../staff/code'
import { State } from './classes'
import { Members } from './members'
import { Offer } from './offer'
import { Plan } from './plan'
import { Printing } from './printing'
import { Target } from './target'
import './classes.css'

export type Detail = Schema['ClassDetailOutputBody']

/** One class: who is in it, how far they are, and what can be done about it. That somebody looked is written down. */
export function ClassDetail({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useWords()
  const shown = useQuery({
    queryKey: ['classes', 'one', id],
    queryFn: () => answer(api.GET('/v1/classes/{id}', { params: { path: { id } } })),
    staleTime: 60_000,
  })
  return (
    <Aside onClose={onClose} title={shown.data?.name ?? t('web.classes.one')}>
      <Arrived of={shown}>{(data) => <Shown of={data} />}</Arrived>
    </Aside>
  )
}

function Shown({ of }: { of: Detail }) {
  const { t, lang } = useWords()
  const goesOn = of.state !== 'closed'
  return (
    <div className="stack">
      <section className="stack close">
        <dl className="facts">
          <dt>{t('web.classes.ref')}</dt>
          <dd>{of.ref}</dd>
          <dt>{t('web.classes.target')}</dt>
          <dd>
            <Target of={of} />
          </dd>
          <dt>{t('web.classes.dates')}</dt>
          <dd>{t('web.classes.from_to', { from: of.starts_on, to: of.ends_on })}</dd>
          <dt>{t('web.classes.state')}</dt>
          <dd>
            <State of={of} />
          </dd>
          <dt>{t('web.classes.size')}</dt>
          <dd>{t('web.classes.left', { n: of.size, capacity: of.capacity, left: of.places_left })}</dd>
          {of.sponsor && (
            <>
              <dt>{t('web.classes.sponsor')}</dt>
              <dd>
                {t('web.classes.sponsored', { mode: of.mode.name, employer: of.sponsor.employer.name })}
                {of.sponsor.order_code ? (
                  <Code of={of} />
                ) : (
                  !of.sponsor.agreed_at && <div className="quiet small">{t('web.classes.sponsor_waits')}</div>
                )}
              </dd>
            </>
          )}
          {of.notes && (
            <>
              <dt>{t('web.classes.notes')}</dt>
              <dd>{of.notes}</dd>
            </>
          )}
          {of.closed_at && (
            <>
              <dt>{t('web.classes.closed')}</dt>
              <dd>
                {moment(lang, of.closed_at)}
                {of.close_reason && <div className="quiet small">{of.close_reason}</div>}
              </dd>
            </>
          )}
        </dl>
        <p className="row">
          <Link to="/sessions" search={{ class: of.id }}>
            {t('web.classes.to_sessions')}
          </Link>
          <Link to="/tasks" search={{ class: of.id }}>
            {t('web.classes.to_tasks')}
          </Link>
        </p>
      </section>
      <Offer of={of} />
      {goesOn && (!of.sponsor || of.sponsor.agreed_at) && <Uploading of={of} />}
      <Members of={of} />
      <Printing classID={of.id} />
      {of.former.length > 0 && <Former of={of} />}
      {goesOn && <Revision of={of} />}
      {goesOn && (
        <Ending
          title={t('web.classes.close')}
          means={of.unfinished > 0 ? t('web.classes.close_waits', { n: of.unfinished }) : t('web.classes.close_means')}
          end={(reason) =>
            answer(api.POST('/v1/classes/{id}/closing', { params: { path: { id: of.id } }, body: { reason } }))
          }
          list="classes"
        />
      )}
    </div>
  )
}

/** Who left, when and why. They are not named: they may be another institution's by now. */
function Former({ of }: { of: Detail }) {
  const { t, lang } = useWords()
  return (
    <section className="stack close">
      <h2>{t('web.classes.former', { n: of.former.length })}</h2>
      <ul className="plain lines">
        {of.former.map((f) => (
          <li key={f.case_id + f.left_at}>
            <div>
              {f.how.name} · <span className="nowrap">{moment(lang, f.left_at)}</span>
            </div>
            {f.reason && <div className="quiet small">{f.reason}</div>}
          </li>
        ))}
      </ul>
    </section>
  )
}

type Given = Schema['RevisionBody']

/** What may change of a class, changed with a reason. */
function Revision({ of }: { of: Detail }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [open, setOpen] = useState(false)
  const revise = useMutation({
    mutationFn: (body: Given) =>
      answer(api.POST('/v1/classes/{id}/revision', { params: { path: { id: of.id } }, body })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['classes'] })
      setOpen(false)
    },
  })
  if (!open) {
    return (
      <div>
        <Button onClick={() => setOpen(true)}>{t('web.classes.revise')}</Button>
      </div>
    )
  }
  const { name, starts_on, ends_on, capacity, notes = '' } = of
  return (
    <Form
      layout="vertical"
      requiredMark={false}
      initialValues={{ name, starts_on, ends_on, capacity, notes }}
      onFinish={(given: Given) => revise.mutate(given)}
    >
      <h2>{t('web.classes.revise')}</h2>
      <Plan />
      <Form.Item
        name="reason"
        label={t('web.resolve.reason')}
        rules={[{ required: true, whitespace: true, message: t('web.resolve.missing') }]}
      >
        <Input maxLength={500} />
      </Form.Item>
      {revise.error && <Trouble error={revise.error} />}
      <div className="row">
        <Button type="primary" htmlType="submit" loading={revise.isPending}>
          {t('web.classes.save')}
        </Button>
        <Button onClick={() => setOpen(false)}>{t('web.classes.cancel')}</Button>
      </div>
    </Form>
  )
}
