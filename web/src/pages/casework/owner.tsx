import { type UseMutationResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Select } from 'antd'
import { answer, api } from '../../api/client'
import { Aside } from '../../shell/aside'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { within } from '../../shell/within'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { operatorsQuery, type Waits } from './queries'

interface Props {
  waits: Waits
  over: boolean
  claim: UseMutationResult<unknown, unknown, void>
  hand: () => void
}

/** Who sees to the case; it is claimed, handed on and given back here. */
export function Owner({ waits, over, claim, hand }: Props) {
  const { t, lang } = useWords()
  const owner = waits.assignee
  return (
    <section className="sheet stack close" aria-labelledby="owner">
      <h2 id="owner">{t('web.casework.owner')}</h2>
      <p role="status">
        {owner ? (
          <>
            <strong>{owner.label}</strong>
            {owner.me && ` ${t('web.casework.thats_me')}`}
          </>
        ) : (
          t('web.casework.nobody')
        )}
        {waits.assigned_at && (
          <span className="quiet small"> {t('web.casework.owner_since', { at: moment(lang, waits.assigned_at) })}</span>
        )}
      </p>
      {!over && (
        <div className="row">
          {!owner?.me && (
            <Button onClick={() => (owner ? hand() : claim.mutate())} loading={claim.isPending} aria-keyshortcuts="c">
              {t(owner ? 'web.casework.take' : 'web.casework.claim')}
            </Button>
          )}
          <Button onClick={hand}>{t('web.casework.hand')}</Button>
        </div>
      )}
    </section>
  )
}

const nobody = 'nobody'

interface Handing {
  assignee: string
  reason: string
}

/** Hands the case to an operator who reaches it, or to nobody, and asks why. */
export function HandingOn({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useWords()
  const [form] = Form.useForm<Handing>()
  const queries = useQueryClient()
  const operators = useQuery(operatorsQuery(id))
  const hand = useMutation({
    mutationFn: ({ assignee, reason }: Handing) => {
      const body = { assignee: assignee === nobody ? null : assignee, reason }
      return answer(api.POST('/v1/cases/{id}/assignment', { params: { path: { id } }, body }))
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['case', id] })
      onClose()
    },
    onError: (error) => putFaults(form, error),
  })
  const all = operators.data?.operators ?? []
  return (
    <Aside title={t('web.casework.hand')} onClose={onClose}>
      {operators.error && <Trouble error={operators.error} again={() => void operators.refetch()} />}
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(said) => hand.mutate(said)}>
        <Form.Item
          name="assignee"
          label={t('web.casework.hand_to')}
          rules={[{ required: true, message: t('web.resolve.missing') }]}
        >
          <Select
            loading={operators.isPending}
            getPopupContainer={within}
            showSearch={{ optionFilterProp: 'label' }}
            options={[
              ...all.map((o) => ({ value: o.id, label: o.me ? `${o.label} ${t('web.casework.thats_me')}` : o.label })),
              { value: nobody, label: t('web.casework.give_back') },
            ]}
          />
        </Form.Item>
        <ReasonField />
        {hand.error && <Trouble error={hand.error} />}
        <Button type="primary" htmlType="submit" loading={hand.isPending}>
          {t('web.casework.hand_do')}
        </Button>
      </Form>
    </Aside>
  )
}
