import { useMutation } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { api, type Schema } from '../../api/client'
import { keep } from '../../api/file'
import { Aside } from '../../shell/aside'
import { Trouble } from '../../shell/notes'
import { daysAfter } from '../../words/beijing'
import { useWords } from '../../words/words'
import type { Class } from '../classes/classes'

type Format = 'pdf' | 'xlsx' | 'csv'
type Period = { from: string; to: string }

/** A proof is of a year at most. */
const most = 365

/** A proof of what one of the employer's people attended in a period, for released time. */
export function Proving({ of, member, onClose }: { of: Class; member: Schema['StaffMember']; onClose: () => void }) {
  const { t } = useWords()
  const [form] = Form.useForm<Period>()
  const take = useMutation({
    mutationFn: ({ format, ...period }: Period & { format: Format }) =>
      keep(
        api.GET('/v1/sponsored-classes/{id}/attendance-proof', {
          params: { path: { id: of.id }, query: { case: member.case_id ?? '', format, ...period } },
          parseAs: 'blob',
        }),
      ),
  })
  const [last] = [of.ends_on, daysAfter(of.starts_on, most)].sort()
  const needed = [{ required: true, message: t('web.resolve.missing') }]
  return (
    <Aside onClose={onClose} title={t('web.sponsored.prove_of', { name: member.name ?? '' })}>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ from: of.starts_on, to: last }}
        onFinish={(period: Period) => take.mutate({ ...period, format: 'pdf' })}
      >
        <p>{t('web.sponsored.proof_means')}</p>
        <div className="pair">
          <Form.Item name="from" label={t('web.sponsored.from')} rules={needed}>
            <Input type="date" />
          </Form.Item>
          <Form.Item name="to" label={t('web.sponsored.to')} rules={needed}>
            <Input type="date" />
          </Form.Item>
        </div>
        {take.error && <Trouble error={take.error} />}
        <div className="row">
          <Button type="primary" htmlType="submit" loading={take.isPending}>
            {t('web.sponsored.pdf')}
          </Button>
          {(['xlsx', 'csv'] as const).map((format) => (
            <Button
              key={format}
              disabled={take.isPending}
              onClick={() => void form.validateFields().then((period) => take.mutate({ ...period, format }))}
            >
              {t(`web.export.${format}`)}
            </Button>
          ))}
        </div>
      </Form>
    </Aside>
  )
}
