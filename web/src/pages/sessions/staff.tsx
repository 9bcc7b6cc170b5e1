import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { Arrived } from '../../shell/arrived'
import { Aside } from '../../shell/aside'
import { Ending } from '../../shell/ending'
import { Trouble } from '../../shell/notes'
import { within } from '../../shell/within'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { staffQuery } from './queries'

type Member = Schema['StaffView']

/** Who teaches and takes attendance: they are named once, and leave. */
export function Staff({ onClose }: { onClose: () => void }) {
  const { t } = useWords()
  const all = useQuery(staffQuery)
  const queries = useQueryClient()
  const [form] = Form.useForm<Schema['StaffBody']>()
  const make = useMutation({
    mutationFn: (body: Schema['StaffBody']) => answer(api.POST('/v1/staff', { body })),
    onSuccess: async () => {
      form.resetFields()
      await queries.invalidateQueries({ queryKey: ['staff'] })
    },
  })
  const needed = [{ required: true, whitespace: true, message: t('web.resolve.missing') }]
  return (
    <Aside onClose={onClose} title={t('web.staff.title')}>
      <div className="stack">
        <p className="quiet">{t('web.staff.means')}</p>
        <Arrived of={all} rows={3}>
          {(data) => (
            <ul className="plain lines">
              {data.map((s) => (
                <li key={s.ref}>
                  <OneOfStaff of={s} />
                </li>
              ))}
            </ul>
          )}
        </Arrived>
        <Form form={form} layout="vertical" requiredMark={false} onFinish={(body) => make.mutate(body)}>
          <h2>{t('web.staff.name_one')}</h2>
          <Form.Item name="ref" label={t('web.staff.ref')} extra={t('web.staff.ref_hint')} rules={needed}>
            <Input maxLength={64} />
          </Form.Item>
          <Form.Item name="name" label={t('web.tasks.name')} rules={needed}>
            <Input maxLength={200} />
          </Form.Item>
          {make.error && <Trouble error={make.error} />}
          <Button type="primary" htmlType="submit" loading={make.isPending}>
            {t('web.staff.name_one')}
          </Button>
        </Form>
      </div>
    </Aside>
  )
}

function OneOfStaff({ of }: { of: Member }) {
  const { t, lang } = useWords()
  const [leaving, setLeaving] = useState(false)
  return (
    <>
      <div className="row apart">
        <span>
          {of.name} <span className="quiet small">{of.ref}</span>
        </span>
        {of.left_at ? (
          <span className="quiet small">{t('web.staff.left', { at: moment(lang, of.left_at) })}</span>
        ) : (
          !leaving && (
            <Button
              size="small"
              aria-label={t('web.staff.leave_of', { name: of.name })}
              onClick={() => setLeaving(true)}
            >
              {t('web.staff.leave')}
            </Button>
          )
        )}
      </div>
      {leaving && !of.left_at && (
        <Ending
          title={t('web.staff.leave')}
          means={t('web.staff.leave_means')}
          end={(reason) =>
            answer(api.POST('/v1/staff/{ref}/removal', { params: { path: { ref: of.ref } }, body: { reason } }))
          }
          list="staff"
        />
      )}
    </>
  )
}

/** One of the staff who have not left, as a field of a form. */
export function StaffField({ name, label }: { name: string; label: string }) {
  const { t } = useWords()
  const all = useQuery(staffQuery)
  const here = (all.data ?? []).filter((s) => !s.left_at)
  return (
    <>
      {all.error && <Trouble error={all.error} again={() => void all.refetch()} />}
      <Form.Item
        name={name}
        label={label}
        rules={[{ required: true, message: t('web.resolve.missing') }]}
        extra={
          all.data && here.length === 0 ? (
            <Link to="/sessions" search={{ session: 'staff' }}>
              {t('web.staff.none_yet')}
            </Link>
          ) : undefined
        }
      >
        <Select
          loading={all.isPending}
          getPopupContainer={within}
          options={here.map((s) => ({ value: s.ref, label: `${s.name} ${s.ref}` }))}
        />
      </Form.Item>
    </>
  )
}
