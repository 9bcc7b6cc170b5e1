import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { AutoComplete, Button, Form, Input, InputNumber, Radio, Select } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { Aside } from '../../shell/aside'
import { catalogue } from '../../shell/catalogue'
import { Trouble } from '../../shell/notes'
import { within } from '../../shell/within'
import { daysAfter, instant } from '../../words/beijing'
import { useWords } from '../../words/words'
import { classesQuery } from './queries'
import { StaffField } from './staff'

type Row = Schema['SessionRow']
type Outcome = Schema['SessionResult']

interface Given {
  class: string
  ref: string
  module: string
  mode: 'offline' | 'online'
  place?: string
  instructor?: string
  day: string
  from: string
  to: string
  weeks: number
}

/** The sessions that are meant: one, or the same each week. */
function sessionsOf({ day, from, to, weeks, ref, ...same }: Given): Row[] {
  return Array.from({ length: weeks }, (_, week) => {
    const on = daysAfter(day, 7 * week)
    return {
      ...same,
      ref: weeks === 1 ? ref : `${ref}-${String(week + 1).padStart(2, '0')}`,
      opens_at: instant(on, from),
      closes_at: instant(to > from ? on : daysAfter(on, 1), to),
    }
  })
}

/** A session is announced for a class, or a series of them: whoever is in the class is to attend. */
export function Announcing({ today, onClose }: { today: string; onClose: () => void }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [form] = Form.useForm<Given>()
  const classes = useQuery(classesQuery)
  const offered = useQuery(catalogue)
  const [ref, mode, weeks] = [Form.useWatch('class', form), Form.useWatch('mode', form), Form.useWatch('weeks', form)]
  const chosen = classes.data?.find((c) => c.ref === ref)
  const modules = offered.data?.occupations
    .find(({ code }) => code === chosen?.occupation.code)
    ?.levels.find(({ level }) => level === chosen?.level.code)?.modules
  const announce = useMutation({
    mutationFn: (given: Given) => answer(api.POST('/v1/attendance', { body: { sessions: sessionsOf(given) } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['sessions'] }),
  })
  if (announce.data && announce.data.refused === 0) {
    return <Announced onClose={onClose} sessions={announce.data.sessions} />
  }
  const needed = [{ required: true, message: t('web.resolve.missing') }]
  const going = classes.data?.filter((c) => c.state !== 'closed') ?? []
  return (
    <Aside onClose={onClose} title={t('web.sessions.announce')}>
      {classes.error && <Trouble error={classes.error} again={() => void classes.refetch()} />}
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ mode: 'offline', from: '09:00', to: '12:00', weeks: 1 }}
        onFinish={(given: Given) => announce.mutate(given)}
      >
        <Form.Item
          name="class"
          label={t('web.classes.one')}
          rules={needed}
          extra={
            classes.data && going.length === 0 ? (
              <Link to="/classes" search={{ class: 'new' }}>
                {t('web.sessions.class_first')}
              </Link>
            ) : undefined
          }
        >
          <Select
            loading={classes.isPending}
            getPopupContainer={within}
            options={going.map((c) => ({ value: c.ref, label: `${c.name} ${c.ref}` }))}
          />
        </Form.Item>
        <Form.Item name="module" label={t('web.sessions.module')} rules={needed}>
          <AutoComplete
            getPopupContainer={within}
            options={(modules ?? []).map((m) => ({ value: m }))}
            maxLength={200}
            showSearch={false}
          />
        </Form.Item>
        <Form.Item name="mode" label={t('web.sessions.mode')}>
          <Radio.Group
            options={[
              { value: 'offline', label: t('web.sessions.offline') },
              { value: 'online', label: t('web.sessions.online') },
            ]}
          />
        </Form.Item>
        {mode !== 'online' && (
          <>
            <Form.Item name="place" label={t('web.sessions.place')} rules={[{ ...needed[0], whitespace: true }]}>
              <Input maxLength={200} />
            </Form.Item>
            <StaffField name="instructor" label={t('web.sessions.instructor')} />
          </>
        )}
        <Form.Item
          name="day"
          label={t('web.sessions.day')}
          rules={needed}
          extra={
            chosen
              ? t('web.sessions.day_hint', { from: chosen.starts_on, to: chosen.ends_on, today })
              : t('web.sessions.today', { today })
          }
        >
          <Input type="date" min={chosen?.starts_on} max={chosen?.ends_on} />
        </Form.Item>
        <div className="pair">
          <Form.Item name="from" label={t('web.sessions.from')} rules={needed} extra={t('web.sessions.beijing')}>
            <Input type="time" />
          </Form.Item>
          <Form.Item name="to" label={t('web.sessions.to')} rules={needed}>
            <Input type="time" />
          </Form.Item>
        </div>
        <Form.Item name="weeks" label={t('web.sessions.weeks')} extra={t('web.sessions.weeks_hint')} rules={needed}>
          <InputNumber min={1} max={60} precision={0} />
        </Form.Item>
        <Form.Item
          name="ref"
          label={t('web.sessions.ref')}
          extra={weeks > 1 ? t('web.sessions.ref_series') : t('web.sessions.ref_hint')}
          rules={[{ ...needed[0], whitespace: true }]}
        >
          <Input maxLength={60} />
        </Form.Item>
        {announce.error && <Trouble error={announce.error} />}
        {announce.data && <Refused of={announce.data.sessions} />}
        <Button type="primary" htmlType="submit" loading={announce.isPending}>
          {t('web.sessions.announce')}
        </Button>
      </Form>
    </Aside>
  )
}

/** What was not taken, row by row; what was taken stands, and is not taken twice. */
function Refused({ of }: { of: Outcome[] }) {
  const { t } = useWords()
  return (
    <div className="alert stack close" role="alert">
      <strong>{t('web.sessions.refused')}</strong>
      <ul>
        {of
          .filter((row) => row.status === 'refused')
          .map((row) => (
            <li key={row.index}>
              {row.ref} {row.message}
            </li>
          ))}
      </ul>
    </div>
  )
}

function Announced({ onClose, sessions }: { onClose: () => void; sessions: Outcome[] }) {
  const { t } = useWords()
  return (
    <Aside onClose={onClose} title={t('web.sessions.announce')}>
      <div className="stack">
        <div className="alert good" role="status">
          <strong>{t('web.sessions.announced', { n: sessions.length })}</strong>
        </div>
        <ul className="plain lines">
          {sessions.map((s) => (
            <li key={s.index}>
              <Link to="/sessions" search={s.id ? { session: s.id } : {}}>
                {s.ref}
              </Link>
            </li>
          ))}
        </ul>
        <Button onClick={onClose}>{t('web.frame.close')}</Button>
      </div>
    </Aside>
  )
}
