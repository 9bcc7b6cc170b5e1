import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, QRCode } from 'antd'
import { useState } from 'react'
import { answer, api } from '../../api/client'
import { type Session, sessionQuery } from '../../api/session'
import { Trouble } from '../../shell/notes'
import { palettes } from '../../theme/palette'
import { useWords } from '../../words/words'

/** The second step of logging in: a code that a device of one's own shows. */
export function SecondFactor({ factor }: { factor: Session['second_factor'] }) {
  const { t } = useWords()
  const [codes, setCodes] = useState<string[]>()
  return (
    <section className="sheet stack close" aria-labelledby="second">
      <div className="row apart">
        <h2 id="second">{t('web.second.title')}</h2>
        <span className={`mark ${factor.enrolled ? 'good' : 'warn'}`}>
          {t(factor.enrolled ? 'web.second.on' : 'web.second.off')}
        </span>
      </div>
      <p className="quiet">{t('web.second.what')}</p>
      {codes && <Recovery codes={codes} />}
      {factor.enrolled ? !codes && <Removal /> : <Enrolment onDone={setCodes} />}
    </section>
  )
}

/** A secret is made, an authenticator takes it over, and a first code shows that it did. */
function Enrolment({ onDone }: { onDone: (codes: string[]) => void }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const begin = useMutation({ mutationFn: () => answer(api.POST('/v1/me/second-factor')) })
  const confirm = useMutation({
    mutationFn: ({ code }: { code: string }) =>
      answer(api.POST('/v1/me/second-factor/confirmation', { body: { code: code.trim() } })),
    onSuccess: ({ recovery_codes }) => {
      onDone(recovery_codes)
      void queries.invalidateQueries({ queryKey: sessionQuery.queryKey })
    },
  })
  if (!begin.data) {
    return (
      <div className="stack close">
        {begin.error && <Trouble error={begin.error} />}
        <div>
          <Button type="primary" onClick={() => begin.mutate()} loading={begin.isPending}>
            {t('web.second.begin')}
          </Button>
        </div>
      </div>
    )
  }
  return (
    <div className="row enrol">
      {/* Always dark on light: not every camera reads it the other way round. */}
      <QRCode
        type="svg"
        value={begin.data.uri}
        size={184}
        color={palettes.light.ink}
        bgColor={palettes.light.sheet}
        aria-label={t('web.second.picture')}
      />
      <div className="stack close narrow">
        <p>{t('web.second.scan')}</p>
        <p className="mono">{begin.data.secret}</p>
        <Form layout="vertical" requiredMark={false} onFinish={(given: { code: string }) => confirm.mutate(given)}>
          <Form.Item
            name="code"
            label={t('web.second.first_code')}
            rules={[{ required: true, message: t('web.login.code_missing') }]}
          >
            <Input inputMode="numeric" autoComplete="one-time-code" />
          </Form.Item>
          {confirm.error && <Trouble error={confirm.error} />}
          <Button type="primary" htmlType="submit" loading={confirm.isPending}>
            {t('web.second.confirm')}
          </Button>
        </Form>
      </div>
    </div>
  )
}

/** The codes for when the device is lost: shown once. */
function Recovery({ codes }: { codes: string[] }) {
  const { t } = useWords()
  return (
    <div className="alert good stack close" role="status">
      <strong>{t('web.second.recovery')}</strong>
      <p>{t('web.second.recovery_advice')}</p>
      <ul className="plain mono recovery">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
    </div>
  )
}

function Removal() {
  const { t } = useWords()
  const queries = useQueryClient()
  const [asked, setAsked] = useState(false)
  const remove = useMutation({
    mutationFn: (body: { password: string; code: string }) => answer(api.DELETE('/v1/me/second-factor', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  })
  if (!asked) {
    return (
      <div>
        <Button onClick={() => setAsked(true)}>{t('web.second.remove')}</Button>
      </div>
    )
  }
  const required = [{ required: true, message: t('web.resolve.missing') }]
  return (
    <Form
      layout="vertical"
      requiredMark={false}
      className="narrow"
      onFinish={(given: { password: string; code: string }) => remove.mutate(given)}
    >
      <Form.Item name="password" label={t('web.login.password')} rules={required}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      <Form.Item name="code" label={t('web.login.code')} rules={required}>
        <Input inputMode="numeric" autoComplete="one-time-code" />
      </Form.Item>
      {remove.error && <Trouble error={remove.error} />}
      <Button danger htmlType="submit" loading={remove.isPending}>
        {t('web.second.remove')}
      </Button>
    </Form>
  )
}
