import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form } from 'antd'
import { answer, api } from '../../api/client'
import { Aside } from '../../shell/aside'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { number } from '../../words/time'
import { useWords } from '../../words/words'
import { Waits } from './ceyears'
import { type Year, yearsQuery } from './queries'

/** Closes a year or opens it again, with a reason. What that does, and what it does not do by itself, is said before. */
export function Turning({ of, onClose }: { of: Year; onClose: () => void }) {
  const { t, lang } = useWords()
  const [form] = Form.useForm<{ reason: string }>()
  const queries = useQueryClient()
  const closed = of.state === 'closed'
  const turn = useMutation({
    mutationFn: (body: { reason: string }) => {
      const params = { path: { year: of.year } }
      return answer(
        closed
          ? api.POST('/v1/ce-years/{year}/reopening', { params, body })
          : api.POST('/v1/ce-years/{year}/closing', { params, body }),
      )
    },
    onSuccess: onClose,
    onError: (error) => putFaults(form, error),
    onSettled: () => void queries.invalidateQueries(yearsQuery),
  })
  return (
    <Aside
      title={t(closed ? 'web.ce_years.reopen_one' : 'web.ce_years.close_one', { year: of.year })}
      onClose={onClose}
    >
      <div className="stack">
        <dl className="facts">
          <dt>{t('web.ce_years.persons')}</dt>
          <dd>{number(lang, of.persons)}</dd>
          <dt>{t('web.ce_years.hours')}</dt>
          <dd>{number(lang, of.hours)}</dd>
          {closed && (
            <>
              <dt>{t('web.ce_years.waiting')}</dt>
              <dd>
                <Waits of={of} />
              </dd>
            </>
          )}
        </dl>
        <p className="alert warn">{t(closed ? 'web.ce_years.reopen_means' : 'web.ce_years.close_means')}</p>
        <Form form={form} layout="vertical" requiredMark={false} onFinish={(body) => turn.mutate(body)}>
          <ReasonField />
          {turn.error && <Trouble error={turn.error} />}
          <Button type="primary" htmlType="submit" danger={!closed} loading={turn.isPending}>
            {t(closed ? 'web.ce_years.reopen' : 'web.ce_years.close')}
          </Button>
        </Form>
      </div>
    </Aside>
  )
}
