import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Button, Form, Input } from 'antd'
import { answer, api } from '../../api/client'
import { Failure } from '../../api/failure'
import { homes, sessionQuery } from '../../api/session'
import { Trouble } from '../../shell/notes'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Door } from '../login/door'

/** The page that the link of an invitation leads to. Its token stands in the fragment, which no server is sent. */
export function Invitation() {
  const { t, lang } = useWords()
  const token = window.location.hash.slice(1)
  const told = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => answer(api.POST('/v1/invitations/reading', { body: { token } })),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const reach = told.data?.institution?.name ?? told.data?.district
  const ways = useQuery({ queryKey: ['ways'], queryFn: () => answer(api.GET('/v1/session/ways')), staleTime: 60_000 })
  return (
    <Door title={t('web.invitation.title')}>
      {told.error && <Trouble error={told.error} />}
      {told.data && (
        <>
          <p>
            {t('web.invitation.as', { role: t(`web.role.${told.data.role}`) })}
            {reach && ` · ${reach}`}
          </p>
          <p className="small quiet">{t('web.invitation.until', { at: moment(lang, told.data.expires_at) })}</p>
          <Accept token={token} />
          {ways.data?.oidc && <AtProvider token={token} name={ways.data.oidc.name} />}
        </>
      )}
    </Door>
  )
}

interface Chosen {
  login: string
  password: string
}

/** A log-in of one's own, which is logged in to at once. */
function Accept({ token }: { token: string }) {
  const { t } = useWords()
  const [form] = Form.useForm<Chosen>()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const accept = useMutation({
    mutationFn: (chosen: Chosen) => answer(api.POST('/v1/invitations/acceptance', { body: { token, ...chosen } })),
    onSuccess: (session) => {
      queries.clear()
      queries.setQueryData(sessionQuery.queryKey, session)
      void navigate({ to: homes[session.account.role], replace: true })
    },
    onError: (error) => {
      if (!(error instanceof Failure)) return
      for (const name of ['login', 'password'] as const) {
        const fault = error.field(name)
        if (fault) form.setFields([{ name, errors: [fault] }])
      }
    },
  })
  const required = { required: true, message: t('web.resolve.missing') }
  return (
    <Form form={form} layout="vertical" requiredMark={false} onFinish={(chosen) => accept.mutate(chosen)}>
      {accept.error && <Trouble error={accept.error} />}
      <Form.Item name="login" label={t('web.login.login')} extra={t('web.invitation.login_hint')} rules={[required]}>
        <Input autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus />
      </Form.Item>
      <Form.Item name="password" label={t('web.login.password')} extra={t('web.security.new_hint')} rules={[required]}>
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Button type="primary" htmlType="submit" block loading={accept.isPending}>
        {t('web.invitation.accept')}
      </Button>
    </Form>
  )
}

/** The account is entered by who logs in at the identity provider: this page is left for theirs. */
function AtProvider({ token, name }: { token: string; name: string }) {
  const { t } = useWords()
  const leave = useMutation({
    mutationFn: () => answer(api.POST('/v1/invitations/oidc', { body: { token } })),
    onSuccess: ({ location }) => window.location.assign(location),
  })
  return (
    <>
      {leave.error && <Trouble error={leave.error} />}
      <Button block loading={leave.isPending} onClick={() => leave.mutate()}>
        {t('web.invitation.elsewhere', { name })}
      </Button>
    </>
  )
}
