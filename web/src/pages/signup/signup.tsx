import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Checkbox, Form, Input } from 'antd'
import { answer, api } from '../../api/client'
import { Failure } from '../../api/failure'
import { sessionQuery } from '../../api/session'
import { Coming } from '../../shell/arrived'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import { wayBack } from '../login/back'
import { Door } from '../login/door'
import { waysQuery } from '../login/ways'
import { consentTexts } from './texts'

/** Where a trainee makes an account of their own. */
export function SignUp() {
  const { t } = useWords()
  const { back } = useSearch({ from: '/sign-up' })
  const ways = useQuery(waysQuery)
  return (
    <Door title={t('web.sign_up.title')}>
      {!ways.data && <Coming of={ways} rows={4} />}
      {ways.data?.sign_up === false && <p className="alert warn">{t('web.sign_up.off')}</p>}
      {ways.data?.sign_up && <Making />}
      <p className="small quiet">
        {t('web.sign_up.have_one')}{' '}
        <Link to="/login" search={back ? { back } : {}}>
          {t('web.login.enter')}
        </Link>
      </p>
    </Door>
  )
}

interface Chosen {
  login: string
  password: string
  agreed?: boolean
}

/** Whether all that is wrong is said beside the fields. */
const beside = (error: Error) =>
  error instanceof Failure &&
  error.fields.length > 0 &&
  error.fields.every(({ field }) => field === 'login' || field === 'password')

function Making() {
  const { t } = useWords()
  const { back } = useSearch({ from: '/sign-up' })
  const [form] = Form.useForm<Chosen>()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const texts = useQuery(consentTexts)
  const terms = texts.data?.texts.find((text) => text.when === 'sign_up')
  const make = useMutation({
    mutationFn: ({ login, password }: Chosen) =>
      answer(api.POST('/v1/sign-ups', { body: { login, password, terms: terms?.version ?? '' } })),
    onSuccess: (session) => {
      queries.clear()
      queries.setQueryData(sessionQuery.queryKey, session)
      void navigate({ href: back ? wayBack(back, 'trainee') : '/my-registration', replace: true })
    },
    onError: (error) => putFaults(form, error),
  })
  if (!terms) return <Coming of={texts} rows={4} />
  const required = { required: true, message: t('web.resolve.missing') }
  return (
    <Form form={form} layout="vertical" requiredMark={false} onFinish={(chosen) => make.mutate(chosen)}>
      <p className="small quiet">{t('web.sign_up.lead')}</p>
      {make.error && !beside(make.error) && <Trouble error={make.error} />}
      <Form.Item name="login" label={t('web.login.login')} extra={t('web.sign_up.login_hint')} rules={[required]}>
        <Input autoComplete="username" autoCapitalize="none" spellCheck={false} />
      </Form.Item>
      <Form.Item name="password" label={t('web.login.password')} extra={t('web.security.new_hint')} rules={[required]}>
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <details className="terms">
        <summary>{t('web.sign_up.terms_read', { version: terms.version })}</summary>
        {terms.text.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
      </details>
      <Form.Item
        name="agreed"
        valuePropName="checked"
        rules={[
          {
            validator: (_, yes) =>
              yes ? Promise.resolve() : Promise.reject(new Error(t('web.sign_up.terms_missing'))),
          },
        ]}
      >
        <Checkbox>{t('web.sign_up.terms')}</Checkbox>
      </Form.Item>
      <Button type="primary" htmlType="submit" block loading={make.isPending}>
        {t('web.sign_up.enter')}
      </Button>
    </Form>
  )
}
