import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useRouter } from '@tanstack/react-router'
import { Button, Checkbox, Form, Input } from 'antd'
import { useState } from 'react'
import { answer, api, type Schema } from '../api/client'
import { useCommands } from '../shell/commands'
import { Menu } from '../shell/menu'
import { Trouble } from '../shell/notes'
import { useWords } from '../words/words'

type View = Schema['SavedView']

/** What the address of a list says. */
export type Said = Record<string, unknown> & { page?: number; view?: string }

/** What a view keeps of an address: all but the page, and which view it is. */
function kept({ page: _page, view: _view, ...rest }: Said): Record<string, unknown> {
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
}

/** Views of a list that are kept: one's own, and those that others share. */
export function Views({ list, search }: { list: string; search: Said }) {
  const { t } = useWords()
  const router = useRouter()
  const navigate = useNavigate()
  const views = useQuery({
    queryKey: ['views', list],
    queryFn: () => answer(api.GET('/v1/views', { params: { query: { list } } })),
    staleTime: 30_000,
  })
  const { parseSearch, stringifySearch } = router.options
  const said = stringifySearch(kept(search)).replace(/^\?/, '')
  const all = views.data?.views ?? []
  const at = all.find((v) => v.id === search.view)
  const open = (view: View) =>
    void navigate({ to: '.', search: { ...parseSearch(`?${view.search}`), view: view.id } as never })
  useCommands(all.map((v) => ({ id: `view ${v.id}`, name: v.name, kind: t('web.views.one'), run: () => open(v) })))
  const label = at ? `${at.name}${at.search === said ? '' : ` ${t('web.views.changed')}`}` : t('web.views.title')
  return (
    <Menu label={label}>
      {(close) => (
        <>
          {views.error && !views.data && <Trouble error={views.error} again={() => void views.refetch()} />}
          <Listed
            title={t('web.views.mine')}
            views={all.filter((v) => v.mine)}
            at={at}
            open={(v) => {
              open(v)
              close()
            }}
          />
          <Listed
            title={t('web.views.shared')}
            views={all.filter((v) => !v.mine)}
            at={at}
            open={(v) => {
              open(v)
              close()
            }}
          />
          <div className="menu-part">
            <Keeping
              key={at?.id ?? ''}
              list={list}
              said={said}
              at={at?.mine ? at : undefined}
              done={open}
              close={close}
            />
          </div>
        </>
      )}
    </Menu>
  )
}

interface ListedProps {
  title: string
  views: View[]
  at: View | undefined
  open: (view: View) => void
}

function Listed({ title, views, at, open }: ListedProps) {
  if (views.length === 0) return null
  return (
    <section className="menu-part" aria-label={title}>
      <p className="small quiet">{title}</p>
      {views.map((v) => (
        <button
          key={v.id}
          type="button"
          className="menu-line"
          aria-current={v.id === at?.id || undefined}
          onClick={() => open(v)}
        >
          {v.name}
        </button>
      ))}
    </section>
  )
}

interface KeepingProps {
  list: string
  said: string
  /** The view that is open, if it is the reader's own. */
  at: View | undefined
  done: (view: View) => void
  close: () => void
}

/** Keeps what the list shows now: in the view that is open, or in a new one. */
function Keeping({ list, said, at, done, close }: KeepingProps) {
  const { t } = useWords()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [form] = Form.useForm<{ name: string; shared: boolean }>()
  const [dropping, drop] = useState(false)
  const again = () => queries.invalidateQueries({ queryKey: ['views', list] })
  const keep = useMutation({
    mutationFn: ({ fresh, ...named }: { name: string; shared: boolean; fresh: boolean }) =>
      at && !fresh
        ? answer(api.PUT('/v1/views/{id}', { params: { path: { id: at.id } }, body: { ...named, list, search: said } }))
        : answer(api.POST('/v1/views', { body: { ...named, list, search: said } })),
    onSuccess: async (view) => {
      await again()
      done(view)
      close()
    },
  })
  const remove = useMutation({
    mutationFn: () => answer(api.DELETE('/v1/views/{id}', { params: { path: { id: at?.id ?? '' } } })),
    onSuccess: async () => {
      await again()
      void navigate({ to: '.', search: ((before: Said) => ({ ...before, view: undefined })) as never })
      close()
    },
  })
  const save = (fresh: boolean) =>
    form.validateFields().then(
      (named) => keep.mutate({ ...named, fresh }),
      () => undefined,
    )
  return (
    <Form
      form={form}
      layout="vertical"
      size="small"
      requiredMark={false}
      initialValues={{ name: at?.name ?? '', shared: at?.shared ?? false }}
      onFinish={() => void save(!at)}
    >
      <Form.Item
        name="name"
        label={t('web.views.name')}
        rules={[{ required: true, whitespace: true, message: t('web.resolve.missing') }]}
      >
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item name="shared" valuePropName="checked">
        <Checkbox>{t('web.views.share')}</Checkbox>
      </Form.Item>
      {(keep.error || remove.error) && <Trouble error={keep.error ?? remove.error} />}
      <div className="row">
        {at && (
          <Button type="primary" loading={keep.isPending} onClick={() => void save(false)}>
            {t('web.views.save')}
          </Button>
        )}
        <Button type={at ? 'default' : 'primary'} loading={keep.isPending} onClick={() => void save(true)}>
          {t('web.views.save_new')}
        </Button>
        {at && (
          <Button danger loading={remove.isPending} onClick={() => (dropping ? remove.mutate() : drop(true))}>
            {t(dropping ? 'web.views.delete_sure' : 'web.views.delete')}
          </Button>
        )}
      </div>
    </Form>
  )
}
