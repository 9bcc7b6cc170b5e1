import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Button, Form, Input, Radio } from 'antd'
import { useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { Aside } from '../../shell/aside'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { Waiting } from '../../shell/waiting'
import { Wide } from '../../shell/wide'
import { useWords } from '../../words/words'
import type { Detail } from './record'

type Role = Schema['TransferBody']['role']

/** To whom the cases of an institution can go, by what others said they can carry. */
export function Spreading({ of, onClose }: { of: Detail; onClose: () => void }) {
  const { t, name } = useWords()
  const [role, setRole] = useState<Role>(of.roles.some((r) => r.code === 'training') ? 'training' : 'evaluation')
  const plan = useQuery({
    queryKey: ['spreading', of.id, role],
    queryFn: () =>
      answer(api.POST('/v1/institutions/{ref}/transfer-plan', { params: { path: { ref: of.id } }, body: { role } })),
  })
  return (
    <Aside title={`${t('web.institutions.spread')} · ${of.name}`} onClose={onClose} broad>
      <div className="stack" id="spreading">
        <p>{t('web.institutions.spread_means')}</p>
        <Radio.Group
          value={role}
          aria-label={t('web.institutions.roles')}
          onChange={(e) => setRole(e.target.value as Role)}
          options={['training', 'evaluation'].map((r) => ({ value: r, label: name('role', r) }))}
        />
        {plan.error && <Trouble error={plan.error} again={() => void plan.refetch()} />}
        {plan.data ? <Plan of={plan.data} /> : <Waiting rows={4} />}
        {plan.data && plan.data.targets.length > 0 && <Running id={of.id} role={role} seen={plan.data.seen} />}
      </div>
    </Aside>
  )
}

interface Given {
  name: string
  reason: string
}

/** Has the plan run as it is shown, as a batch whose outcome is seen case by case. */
function Running({ id, role, seen }: { id: string; role: Role; seen: string }) {
  const { t } = useWords()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const run = useMutation({
    mutationFn: (given: Given) =>
      answer(
        api.POST('/v1/institutions/{ref}/transfers', { params: { path: { ref: id } }, body: { ...given, role, seen } }),
      ),
    onSuccess: (made) => void navigate({ to: '/batches/$id', params: { id: made.id } }),
    onError: () => void queries.invalidateQueries({ queryKey: ['spreading', id] }),
  })
  return (
    <Form name="spread" layout="vertical" requiredMark={false} onFinish={(given: Given) => run.mutate(given)}>
      <Form.Item
        name="name"
        label={t('web.institutions.spread_name')}
        rules={[{ required: true, whitespace: true, message: t('web.resolve.missing') }]}
      >
        <Input maxLength={100} />
      </Form.Item>
      <ReasonField rows={2} />
      {run.error && <Trouble error={run.error} />}
      <Button type="primary" htmlType="submit" loading={run.isPending}>
        {t('web.institutions.spread_run')}
      </Button>
    </Form>
  )
}

function Plan({ of }: { of: Schema['TransferView'] }) {
  const { t } = useWords()
  if (of.cases === 0) return <p className="quiet">{t('web.institutions.spread_none')}</p>
  return (
    <>
      <p>
        <strong>{t('web.institutions.spread_cases', { n: of.cases })}</strong>
      </p>
      {of.targets.length > 0 && (
        <Wide>
          <table aria-label={t('web.institutions.spread')}>
            <thead>
              <tr>
                <th scope="col">{t('web.institutions.to')}</th>
                <th scope="col">{t('web.institutions.cases')}</th>
                <th scope="col">{t('web.capacity.free')}</th>
              </tr>
            </thead>
            <tbody>
              {of.targets.map((to) => (
                <tr key={[to.institution.id, to.occupation.code, to.level.code].join('/')}>
                  <th scope="row">
                    {to.institution.name}
                    <div className="quiet small">
                      {to.occupation.name} · {to.level.name}
                    </div>
                  </th>
                  <td>{to.cases}</td>
                  <td>{to.free}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
      {of.classes.map((c) => (
        <p key={c.id}>
          {t('web.institutions.class_goes', { class: c.name, n: c.cases, institution: c.institution.name })}
        </p>
      ))}
      {of.unplaced.map((r) => (
        <p key={[r.occupation.code, r.level.code].join('/')} className="alert warn">
          {t('web.institutions.unplaced', { n: r.cases, occupation: r.occupation.name, level: r.level.name })}
        </p>
      ))}
    </>
  )
}
