import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Form, Input } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { useSession } from '../../api/session'
import { Arrived } from '../../shell/arrived'
import { Aside } from '../../shell/aside'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Finding } from './finding'
import { State } from './state'
import { Visiting } from './visiting'

export type Inspection = Schema['InspectionView']

/** Takes what became of an inspection, wherever it is shown. */
export function useInspected(id: string) {
  const queries = useQueryClient()
  return async (now: Inspection) => {
    queries.setQueryData(['inspection', id], now)
    await queries.invalidateQueries({ queryKey: ['inspections'] })
    await queries.invalidateQueries({ queryKey: ['proposals'] })
  }
}

/** One inspection: what was found, what is done about it, and what happened so far. */
export function InspectionDetail({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useWords()
  const { account } = useSession()
  const shown = useQuery({
    queryKey: ['inspection', id],
    queryFn: () => answer(api.GET('/v1/inspections/{id}', { params: { path: { id } } })),
  })
  const operator = account.role === 'operator'
  return (
    <Aside title={shown.data?.institution.name ?? t('web.inspections.title')} onClose={onClose} broad>
      <Arrived of={shown}>
        {(of) => (
          <div className="stack">
            <Facts of={of} />
            {of.details.map((f) => (
              <Finding key={f.id} inspection={of} of={f} />
            ))}
            {operator && of.state.code === 'planned' && <Visiting id={id} />}
            {operator && of.state.code === 'planned' && <Cancelling id={id} />}
            {operator && !account.district && of.visited_on && <Publishing of={of} />}
            <History of={of} />
          </div>
        )}
      </Arrived>
    </Aside>
  )
}

function Facts({ of }: { of: Inspection }) {
  const { t } = useWords()
  const { account } = useSession()
  return (
    <dl className="facts">
      <dt>{t('web.accounts.state')}</dt>
      <dd>
        <State of={of} />
      </dd>
      {account.role === 'operator' && (
        <>
          <dt>{t('web.role.institution')}</dt>
          <dd>
            <Link to="/institutions/$id" params={{ id: of.institution.id }}>
              {of.institution.name}
            </Link>
          </dd>
        </>
      )}
      <dt>{t('web.inspections.as')}</dt>
      <dd>{of.role.name}</dd>
      <dt>{t('web.inspections.by')}</dt>
      <dd>{of.district?.name ?? t('web.inspections.city')}</dd>
      <dt>{t('web.inspections.planned_on')}</dt>
      <dd>{of.planned_on}</dd>
      {of.visited_on && (
        <>
          <dt>{t('web.inspections.visited_on')}</dt>
          <dd>{of.visited_on}</dd>
        </>
      )}
      <dt>{t('web.inspections.scope')}</dt>
      <dd>{of.scope}</dd>
      {of.report && (
        <>
          <dt>{t('web.inspections.report')}</dt>
          <dd>{of.report}</dd>
        </>
      )}
      {of.notice && (
        <>
          <dt>{t('web.inspections.notice')}</dt>
          <dd>{of.notice}</dd>
        </>
      )}
    </dl>
  )
}

function Cancelling({ id }: { id: string }) {
  const { t } = useWords()
  const inspected = useInspected(id)
  const cancel = useMutation({
    mutationFn: (body: Schema['ReasonBody']) =>
      answer(api.POST('/v1/inspections/{id}/cancellation', { params: { path: { id } }, body })),
    onSuccess: inspected,
  })
  return (
    <details>
      <summary>{t('web.inspections.cancel')}</summary>
      <Form
        name="cancel"
        layout="vertical"
        requiredMark={false}
        onFinish={(body: Schema['ReasonBody']) => cancel.mutate(body)}
      >
        <ReasonField rows={2} />
        {cancel.error && <Trouble error={cancel.error} />}
        <Button danger htmlType="submit" loading={cancel.isPending}>
          {t('web.inspections.cancel')}
        </Button>
      </Form>
    </details>
  )
}

/** What everybody may read of an inspection is the city's to say. */
function Publishing({ of }: { of: Inspection }) {
  const { t } = useWords()
  const inspected = useInspected(of.id)
  const publish = useMutation({
    mutationFn: (body: Schema['PublicationBody']) =>
      answer(
        api.POST('/v1/inspections/{id}/publication', {
          params: { path: { id: of.id } },
          body: { ...body, text: body.text ?? '' },
        }),
      ),
    onSuccess: inspected,
  })
  return (
    <details>
      <summary>{t('web.inspections.publish')}</summary>
      <Form
        name="publish"
        layout="vertical"
        requiredMark={false}
        initialValues={{ text: of.notice }}
        onFinish={(body: Schema['PublicationBody']) => publish.mutate(body)}
      >
        <Form.Item name="text" label={t('web.inspections.notice')} extra={t('web.inspections.publish_means')}>
          <Input.TextArea rows={4} maxLength={2000} />
        </Form.Item>
        <ReasonField rows={2} />
        {publish.error && <Trouble error={publish.error} />}
        <Button htmlType="submit" loading={publish.isPending}>
          {t('web.inspections.publish')}
        </Button>
      </Form>
    </details>
  )
}

function History({ of }: { of: Inspection }) {
  const { t, lang } = useWords()
  return (
    <section className="stack close" aria-labelledby="history">
      <h3 id="history">{t('web.inspections.history')}</h3>
      <ol className="plain stack close">
        {of.history.map((e, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever added at the end
          <li key={n}>
            <span className="quiet small">
              {moment(lang, e.at)} · {e.by.name}
            </span>
            <div>
              {e.finding ? `${t('web.inspections.finding_n', { n: e.finding })} · ` : ''}
              {e.kind.name}
              {e.due_on && ` · ${t('web.inspections.due', { day: e.due_on })}`}
            </div>
            {e.text && <div>{e.text}</div>}
            {e.evidence && <div className="quiet small">{e.evidence}</div>}
          </li>
        ))}
      </ol>
    </section>
  )
}
