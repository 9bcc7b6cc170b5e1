import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Button, Form, Input, InputNumber } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import type { Column } from '../../list/listing'
import { ListPage, Opener, part, useChange } from '../../list/page'
import { Aside } from '../../shell/aside'
import { Ending } from '../../shell/ending'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

type Host = Schema['AllowedHostView']

/** Hosts that callbacks may go to though they are not public. */
export function Hosts() {
  const { t, lang } = useWords()
  const { host: open, ...asked } = useSearch({ from: '/inside/allowed-hosts' })
  const change = useChange()
  const close = () => change({ host: undefined })
  const all = useQuery({
    queryKey: ['hosts'],
    queryFn: async () => (await answer(api.GET('/v1/allowed-hosts'))).hosts,
  })
  const columns: Column<Host>[] = [
    {
      key: 'host',
      title: t('web.hosts.host'),
      render: (row) => (
        <Opener field="host" id={row.id}>
          {row.host}:{row.port}
        </Opener>
      ),
    },
    { key: 'reason', title: t('web.resolve.reason'), render: (row) => row.reason },
    { key: 'at', title: t('web.hosts.allowed_at'), render: (row) => moment(lang, row.allowed_at) },
  ]
  return (
    <ListPage
      heading={t('web.place.hosts')}
      lead={t('web.hosts.lead')}
      action={
        <Button type="primary" onClick={() => change({ host: 'new' })}>
          {t('web.hosts.allow')}
        </Button>
      }
      filters={[]}
      columns={columns}
      query={{ ...all, data: all.data && part(all.data, asked.page) }}
      search={asked}
      open={open}
      detail={(id) => {
        if (id === 'new') return <Allowing onClose={close} />
        const host = all.data?.find((row) => row.id === id)
        return (
          host && (
            <Aside onClose={close} title={`${host.host}:${host.port}`}>
              <div className="stack">
                <p>{host.reason}</p>
                <Ending
                  title={t('web.hosts.remove')}
                  means={t('web.hosts.remove_means')}
                  end={(reason) =>
                    answer(api.POST('/v1/allowed-hosts/{id}/removal', { params: { path: { id } }, body: { reason } }))
                  }
                  list="hosts"
                />
              </div>
            </Aside>
          )
        )
      }}
      none={{ title: t('web.hosts.none'), advice: t('web.hosts.none_advice') }}
    />
  )
}

function Allowing({ onClose }: { onClose: () => void }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [form] = Form.useForm<Schema['HostBody']>()
  const allow = useMutation({
    mutationFn: (body: Schema['HostBody']) => answer(api.POST('/v1/allowed-hosts', { body })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['hosts'] })
      onClose()
    },
    onError: (error) => putFaults(form, error),
  })
  const required = [{ required: true, message: t('web.resolve.missing') }]
  return (
    <Aside onClose={onClose} title={t('web.hosts.allow')}>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ port: 443 }}
        onFinish={(given) => allow.mutate(given)}
      >
        <p className="quiet">{t('web.hosts.allow_means')}</p>
        <Form.Item name="host" label={t('web.hosts.host')} rules={required}>
          <Input maxLength={253} autoComplete="off" />
        </Form.Item>
        <Form.Item name="port" label={t('web.hosts.port')} rules={required}>
          <InputNumber min={1} max={65535} precision={0} />
        </Form.Item>
        <ReasonField />
        {allow.error && <Trouble error={allow.error} />}
        <Button type="primary" htmlType="submit" loading={allow.isPending}>
          {t('web.hosts.allow')}
        </Button>
      </Form>
    </Aside>
  )
}
