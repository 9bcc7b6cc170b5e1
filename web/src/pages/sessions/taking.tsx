import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Select } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { within as inSheet } from '../../shell/within'
import { clockOf, within } from '../../words/beijing'
import { useWords } from '../../words/words'
import type { Detail, Line, Names } from './detail'
import { StaffField } from './staff'

export type Came = 'whole' | 'part' | 'absent'

interface Given {
  reporter: string
  came: Record<string, { how: Came; from?: string; to?: string }>
}

/** From when to when somebody came, as the interface is told of it. */
export function attended(of: Detail, how: Came, from: string, to: string) {
  if (how === 'absent') return { absent: true }
  if (how === 'whole') return { signed_in_at: of.opens_at, signed_out_at: of.closes_at }
  return { signed_in_at: within(of.opens_at, from), signed_out_at: within(of.opens_at, to) }
}

/** The attendance of everybody of whom nothing was reported: the whole session, but for whom it says otherwise. */
export function Taking({ of, lines, names }: { of: Detail; lines: Line[]; names: Names }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [form] = Form.useForm<Given>()
  const take = useMutation({
    mutationFn: ({ reporter, came }: Given) => {
      const sign_ins: Schema['SignInRow'][] = lines.map(({ attendee }) => {
        const { how, from, to } = came[attendee] ?? { how: 'whole' }
        const [opens, closes] = [clockOf(of.opens_at), clockOf(of.closes_at)]
        return { session: of.ref, attendee, reporter, ...attended(of, how, from ?? opens, to ?? closes) }
      })
      return answer(api.POST('/v1/attendance', { body: { sign_ins } }))
    },
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['sessions'] }),
        queries.invalidateQueries({ queryKey: ['classes'] }),
      ]),
  })
  const refused = take.data?.sign_ins.filter((row) => row.status === 'refused') ?? []
  return (
    <Form form={form} layout="vertical" requiredMark={false} onFinish={(given: Given) => take.mutate(given)}>
      <h2>{t('web.sessions.take')}</h2>
      <p className="quiet">{t('web.sessions.take_means')}</p>
      <ul className="plain lines taking">
        {lines.map(({ attendee }) => (
          <li key={attendee}>
            <OneComes of={of} attendee={attendee} name={names.get(attendee)} />
          </li>
        ))}
      </ul>
      <StaffField name="reporter" label={t('web.sessions.reporter')} />
      {take.error && <Trouble error={take.error} />}
      {refused.length > 0 && (
        <div className="alert stack close" role="alert">
          <strong>{t('web.sessions.refused')}</strong>
          <ul>
            {refused.map((row) => (
              <li key={row.index}>
                {names.get(row.attendee ?? '')?.name} {row.message}
              </li>
            ))}
          </ul>
        </div>
      )}
      <Button type="primary" htmlType="submit" loading={take.isPending}>
        {t('web.sessions.take_n', { n: lines.length })}
      </Button>
    </Form>
  )
}

function OneComes({ of, attendee, name }: { of: Detail; attendee: string; name: Schema['TraineeView'] | undefined }) {
  const { t } = useWords()
  const who = name?.name ?? attendee
  const how = Form.useWatch(['came', attendee, 'how'])
  return (
    <>
      <div className="row apart">
        <span>
          {who} <span className="quiet small">{name?.id_number_masked}</span>
        </span>
        <Form.Item name={['came', attendee, 'how']} initialValue="whole" noStyle>
          <Select
            aria-label={t('web.sessions.came_of', { name: who })}
            className="came"
            getPopupContainer={inSheet}
            options={(['whole', 'part', 'absent'] as const).map((c) => ({ value: c, label: t(`web.came.${c}`) }))}
          />
        </Form.Item>
      </div>
      {how === 'part' && (
        <div className="pair">
          <Form.Item name={['came', attendee, 'from']} label={t('web.sessions.in')} initialValue={clockOf(of.opens_at)}>
            <Input type="time" />
          </Form.Item>
          <Form.Item name={['came', attendee, 'to']} label={t('web.sessions.out')} initialValue={clockOf(of.closes_at)}>
            <Input type="time" />
          </Form.Item>
        </div>
      )}
    </>
  )
}
