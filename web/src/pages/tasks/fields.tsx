import { useQuery } from '@tanstack/react-query'
import { Checkbox, Form, Input, Select } from 'antd'
import type { Rule } from 'antd/es/form'
import { answer, api, type Schema } from '../../api/client'
import { number } from '../../words/time'
import { useWords } from '../../words/words'
import { certifies, scoreOf } from './result'

type Task = Schema['TaskView']

/** What a result consists of, by the kind of its task. */
export function ResultFields({ task }: { task: Task }) {
  if (task.kind === 'enrolment') return <Enrolment />
  if (task.kind === 'training') return <Training modules={task.details.modules ?? []} />
  return <Mark task={task} />
}

function Enrolment() {
  const { t } = useWords()
  return (
    <Form.Item
      name="accepted_on"
      label={t('web.answer.accepted_on')}
      rules={[{ required: true, message: t('web.resolve.missing') }]}
    >
      <Input type="date" className="short" />
    </Form.Item>
  )
}

function Training({ modules }: { modules: string[] }) {
  const { t } = useWords()
  const form = Form.useFormInstance()
  const done: string[] = Form.useWatch('completed_modules', form) ?? []
  if (modules.length === 0) {
    return (
      <Form.Item
        name="completed_modules"
        label={t('web.answer.completed_modules')}
        extra={t('web.answer.one_a_line')}
        getValueProps={(list: string[] = []) => ({ value: list.join('\n') })}
        normalize={(text: string) => text.split('\n')}
      >
        <Input.TextArea rows={4} />
      </Form.Item>
    )
  }
  return (
    <>
      <Checkbox
        checked={done.length === modules.length}
        indeterminate={done.length > 0 && done.length < modules.length}
        onChange={(e) => form.setFieldValue('completed_modules', e.target.checked ? modules : [])}
      >
        {t('web.answer.all_modules')}
      </Checkbox>
      <Form.Item
        name="completed_modules"
        label={t('web.answer.completed_modules')}
        extra={t('web.answer.hours_by_attendance')}
      >
        <Checkbox.Group aria-label={t('web.answer.completed_modules')} className="choices" options={modules} />
      </Form.Item>
    </>
  )
}

function Mark({ task }: { task: Task }) {
  const { t, lang } = useWords()
  const absent = Form.useWatch('absent')
  const issuedItself: string | undefined = Form.useWatch('certificate_number')
  const { pass_mark: mark } = task.details
  const scored: Rule = {
    validator: (_, written?: string) =>
      scoreOf(written ?? '') === undefined ? Promise.reject(new Error(t('web.answer.score_form'))) : Promise.resolve(),
  }
  return (
    <>
      {!absent && (
        <Form.Item
          name="score"
          label={t('web.answer.score')}
          extra={mark !== undefined && t('web.answer.pass_mark', { mark: number(lang, mark) })}
          rules={[scored]}
        >
          <Input inputMode="decimal" autoComplete="off" className="short" maxLength={6} />
        </Form.Item>
      )}
      <Form.Item name="absent" valuePropName="checked">
        <Checkbox>{t('web.answer.absent')}</Checkbox>
      </Form.Item>
      <Form.Item
        name="held_on"
        label={t('web.answer.held_on')}
        rules={[{ required: true, message: t('web.resolve.missing') }]}
      >
        <Input type="date" className="short" min={task.details.issued_on} max={task.details.today} />
      </Form.Item>
      {certifies(task.kind) && !absent && (
        <Form.Item
          name="certificate_number"
          label={t('web.answer.certificate_number')}
          extra={t('web.answer.certificate_hint')}
        >
          <Input maxLength={64} autoComplete="off" />
        </Form.Item>
      )}
      {certifies(task.kind) && !absent && issuedItself?.trim() && <OwnCertificate task={task} />}
    </>
  )
}

/** What is said of a certificate that the institution issued itself: its day, and its file out of those filed about the task. */
function OwnCertificate({ task }: { task: Task }) {
  const { t, name } = useWords()
  const filed = useQuery({
    queryKey: ['evidence', 'task', task.id],
    queryFn: () =>
      answer(api.GET('/v1/evidence', { params: { query: { subject_kind: 'task', subject_id: task.id, limit: 200 } } })),
  })
  const files = filed.data?.evidence.filter((file) => file.state === 'complete') ?? []
  return (
    <>
      <Form.Item name="certificate_issued_on" label={t('web.answer.certificate_issued_on')}>
        <Input type="date" className="short" min={task.details.issued_on} max={task.details.today} />
      </Form.Item>
      <Form.Item
        name="certificate_file"
        label={t('web.answer.certificate_file')}
        extra={t('web.answer.certificate_file_hint')}
      >
        <Select
          allowClear
          options={files.map((file) => ({ value: file.id, label: file.name ?? name('evidence_kind', file.kind) }))}
        />
      </Form.Item>
    </>
  )
}
