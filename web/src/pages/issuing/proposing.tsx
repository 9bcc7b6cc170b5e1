import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Form, Input, Select } from 'antd'
import { useId, useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { Aside } from '../../shell/aside'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { useWords } from '../../words/words'

type Body = Schema['IssuerProfileBody']

/** What is filled in: lines as one text, and the seal as a file beside the form. */
type Filled = Omit<Body, 'extra' | 'seal'> & { extra?: string; seal?: undefined }

/** Reads a file as the interface takes it. */
async function base64(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}

/** An institution proposes what its certificates of one kind are to carry from now on. */
export function Proposing({ kinds, onClose }: { kinds: Schema['IssuerKindView'][]; onClose: () => void }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const field = useId()
  const [form] = Form.useForm<Filled>()
  const [file, setFile] = useState<File>()
  const kind = Form.useWatch('kind', form)
  const standard = kinds.find((k) => k.kind.code === kind)
  const propose = useMutation({
    mutationFn: async ({ extra, ...given }: Filled) => {
      const lines = (extra ?? '').split('\n').filter((line) => line.trim())
      const seal = file && (await base64(file))
      const filled = Object.fromEntries(Object.entries(given).filter(([, value]) => value)) as unknown as Body
      const body: Body = { ...filled, extra: lines, ...(seal ? { seal } : {}) }
      return answer(api.POST('/v1/issuer-profiles', { body }))
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['issuing'] })
      onClose()
    },
    onError: (error) => putFaults(form, error),
  })
  return (
    <Aside onClose={onClose} title={t('web.issuing.propose')}>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ kind: kinds[0]?.kind.code }}
        onFinish={(given) => propose.mutate(given)}
      >
        <p className="quiet">{t('web.issuing.propose_means')}</p>
        <Form.Item name="kind" label={t('web.certificates.kind')}>
          <Select options={kinds.map((k) => ({ value: k.kind.code, label: k.kind.name }))} />
        </Form.Item>
        <Form.Item name="number_scheme" label={t('web.issuing.scheme')} extra={t('web.issuing.scheme_means')}>
          <Input className="mono" maxLength={200} autoComplete="off" placeholder={standard?.number_scheme} />
        </Form.Item>
        <Form.Item name="seal" label={t('web.issuing.seal')} htmlFor={field} extra={t('web.issuing.seal_means')}>
          <input id={field} type="file" accept="image/png" onChange={(e) => setFile(e.target.files?.[0])} />
        </Form.Item>
        <Form.Item name="keep_seal" valuePropName="checked">
          <Checkbox disabled={file !== undefined}>{t('web.issuing.keep_seal')}</Checkbox>
        </Form.Item>
        <Form.Item name="stand_in" valuePropName="checked">
          <Checkbox>{t('web.issuing.stand_in')}</Checkbox>
        </Form.Item>
        <Form.Item name="seal_name" label={t('web.issuing.seal_name')} extra={t('web.issuing.seal_name_means')}>
          <Input maxLength={100} autoComplete="off" />
        </Form.Item>
        <Form.Item name="extra" label={t('web.issuing.extra')} extra={t('web.issuing.extra_means')}>
          <Input.TextArea rows={3} maxLength={400} />
        </Form.Item>
        <ReasonField rows={2} />
        {propose.error && <Trouble error={propose.error} />}
        <Button type="primary" htmlType="submit" loading={propose.isPending}>
          {t('web.issuing.send')}
        </Button>
      </Form>
    </Aside>
  )
}
