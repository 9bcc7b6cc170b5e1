import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import { answer, api } from '../../api/client'
import { Failure } from '../../api/failure'
import { sessionQuery } from '../../api/session'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import { wayBack } from './back'
import { Door } from './door'
import { waysQuery } from './ways'

/** The page through which everybody comes in. */
export function Login() {
  const { t } = useWords()
  const { problem, back } = useSearch({ from: '/login' })
  const ways = useQuery(waysQuery)
  return (
    <Door title={t('web.login.title')}>
      {problem && <Turned code={problem} />}
      {ways.error && <Trouble error={ways.error} again={() => void ways.refetch()} />}
      {ways.data?.local && <ByPassword />}
      {ways.data?.oidc && <Elsewhere name={ways.data.oidc.name} />}
      {ways.data?.sign_up && (
        <p className="small quiet">
          {t('web.login.no_account')}{' '}
          <Link to="/sign-up" search={back ? { back } : {}}>
            {t('web.sign_up.title')}
          </Link>
        </p>
      )}
      <p className="small quiet">
        {t('web.login.public')} <a href="/docs">{t('web.login.docs')}</a>
      </p>
    </Door>
  )
}

/** What went wrong at an identity provider, whose answer came back as an address. */
function Turned({ code }: { code: string }) {
  const { t, name } = useWords()
  const title = name('problem', `${code}.title`)
  const known = title !== `${code}.title`
  return (
    <div className="alert stack close" role="alert">
      <strong>{known ? title : t('web.login.turned')}</strong>
      {known && <p>{name('problem', `${code}.detail`)}</p>}
    </div>
  )
}

interface Entry {
  login: string
  password: string
  code?: string
}

/** Whether log-in and password were right, and a code of the second factor is asked for besides. */
const codeAsked = (error: unknown) => error instanceof Failure && error.code === 'code_required'

/** A log-in and its password, and a code of the second factor where the account has one. */
function ByPassword() {
  const { t } = useWords()
  const [form] = Form.useForm<Entry>()
  const { back } = useSearch({ from: '/login' })
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [coded, setCoded] = useState(false)
  const enter = useMutation({
    mutationFn: ({ login, password, code }: Entry) =>
      answer(api.POST('/v1/session', { body: code ? { login, password, code: code.trim() } : { login, password } })),
    onSuccess: (session) => {
      queries.clear()
      queries.setQueryData(sessionQuery.queryKey, session)
      void navigate({ href: wayBack(back, session.account.role), replace: true })
    },
    onError: (error) => {
      if (codeAsked(error)) {
        setCoded(true)
        setTimeout(() => form.getFieldInstance('code')?.focus())
      }
    },
  })
  const asked = codeAsked(enter.error)
  return (
    <Form form={form} layout="vertical" requiredMark={false} onFinish={(entry) => enter.mutate(entry)}>
      {enter.error && !asked && <Trouble error={enter.error} />}
      {asked && (
        <p className="alert warn" role="status">
          {t('web.login.code_asked')}
        </p>
      )}
      <Form.Item
        name="login"
        label={t('web.login.login')}
        rules={[{ required: true, message: t('web.login.login_missing') }]}
      >
        <Input autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus />
      </Form.Item>
      <Form.Item
        name="password"
        label={t('web.login.password')}
        rules={[{ required: true, message: t('web.login.password_missing') }]}
      >
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      {coded && (
        <Form.Item
          name="code"
          label={t('web.login.code')}
          extra={t('web.login.code_hint')}
          rules={[{ required: true, message: t('web.login.code_missing') }]}
        >
          <Input autoComplete="one-time-code" inputMode="numeric" />
        </Form.Item>
      )}
      <Button type="primary" htmlType="submit" block loading={enter.isPending}>
        {t('web.login.enter')}
      </Button>
    </Form>
  )
}

/** A log-in that somebody else keeps: this page is left for theirs. */
function Elsewhere({ name }: { name: string }) {
  const { t } = useWords()
  const { back } = useSearch({ from: '/login' })
  const query = back ? `?${new URLSearchParams({ next: `/app${back}` })}` : ''
  return (
    <Button block href={`/login/oidc${query}`}>
      {t('web.login.elsewhere', { name })}
    </Button>
  )
}
