import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form } from 'antd'
import { useId, useRef, useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { Failure } from '../../api/failure'
import { base64 } from '../../api/file'
import { Aside } from '../../shell/aside'
import { Trouble } from '../../shell/notes'
import { Wide } from '../../shell/wide'
import { useWords } from '../../words/words'

type Format = Schema['ListFileBody']['format']

/** The forms of files that are taken, by what their names end in. */
const formats: Record<string, Format> = { csv: 'csv', xlsx: 'xlsx', yaml: 'yaml', yml: 'yaml' }

const formatOf = (file: File) => formats[file.name.slice(file.name.lastIndexOf('.') + 1).toLowerCase()]

interface Props {
  onClose: () => void
  onImported: (id: string) => void
}

/** A published list is read from a file; what is wrong with it is said row by row. */
export function Importing({ onClose, onImported }: Props) {
  const { t } = useWords()
  const queries = useQueryClient()
  const field = useRef<HTMLInputElement>(null)
  const label = useId()
  const [wrong, setWrong] = useState<string>()
  const reading = useMutation({
    mutationFn: async ({ file, format }: { file: File; format: Format }) =>
      answer(api.POST('/v1/list-snapshots', { body: { format, content: await base64(file) } })),
    onSuccess: async (list) => {
      await queries.invalidateQueries({ queryKey: ['lists'] })
      onImported(list.id)
    },
  })
  const read = () => {
    const file = field.current?.files?.[0]
    reading.reset()
    if (!file) return setWrong(t('web.lists.choose'))
    const format = formatOf(file)
    if (!format) return setWrong(t('web.lists.not_taken'))
    setWrong(undefined)
    reading.mutate({ file, format })
  }
  return (
    <Aside onClose={onClose} title={t('web.lists.import')}>
      <Form layout="vertical" requiredMark={false} onFinish={read}>
        <Form.Item
          label={t('web.lists.file')}
          htmlFor={label}
          extra={t('web.lists.taken')}
          {...(wrong ? { validateStatus: 'error', help: wrong } : {})}
        >
          <input ref={field} id={label} type="file" accept=".csv,.xlsx,.yaml,.yml" />
        </Form.Item>
        {reading.error && <Wrong error={reading.error} />}
        <Button type="primary" htmlType="submit" loading={reading.isPending}>
          {t('web.lists.read')}
        </Button>
      </Form>
    </Aside>
  )
}

/** What is wrong with a file, by row and column. */
function Wrong({ error }: { error: unknown }) {
  const { t, name } = useWords()
  if (!(error instanceof Failure) || error.fields.length === 0) return <Trouble error={error} />
  const place = (field: string) => {
    const [, row, column] = /^(?:rows\[(\d+)\])?\.?(\w*)$/.exec(field) ?? []
    const parts = [row && t('web.lists.row', { n: row }), column && name('web.list_column', column)]
    return parts.filter(Boolean).join(' · ')
  }
  return (
    <div className="alert stack close" role="alert">
      <strong>{error.title}</strong>
      <Wide>
        <table aria-label={error.title}>
          <thead>
            <tr>
              <th scope="col">{t('web.lists.where')}</th>
              <th scope="col">{t('web.lists.what')}</th>
            </tr>
          </thead>
          <tbody>
            {error.fields.map((f) => (
              <tr key={f.field + f.message}>
                <td>{place(f.field)}</td>
                <td>{f.message}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </div>
  )
}
