import { useMutation } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Button, Form } from 'antd'
import { useRef } from 'react'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import { FactFields, type Facts } from '../casework/applicant'
import '../casework/casework.css'
import { carry } from './carried'
import { checkJoin } from './check'
import { Result } from './result'
import { type Target, TargetFields } from './target'

type Told = Target & { applicant: Facts }
type Level = 'junior' | 'intermediate' | 'senior'

const target = ({ occupation, level }: Told) => ({
  ...(occupation ? { occupation } : {}),
  ...(level ? { level: level as Level } : {}),
})

/** Whether somebody could take part: asked without a name, before there is an account. */
export function Join() {
  const { t } = useWords()
  const navigate = useNavigate()
  const [form] = Form.useForm<Told>()
  const shown = useRef<HTMLElement>(null)
  const check = useMutation({
    mutationFn: checkJoin,
    onSuccess: (_, told) => {
      // Whoever goes on to look for a class does not tell it again.
      carry(told)
      setTimeout(() => shown.current?.focus())
    },
  })
  const register = () => {
    carry({ ...form.getFieldsValue(true), begin: true })
    void navigate({ to: '/my-registration' })
  }
  return (
    <div className="stack">
      <header className="head stack close">
        <h1>{t('web.join.title')}</h1>
        <p className="quiet">{t('web.join.lead')}</p>
      </header>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        className="sheet stack"
        onValuesChange={() => check.reset()}
        onFinish={(told) => check.mutate(told)}
      >
        <h2>{t('web.join.target')}</h2>
        <TargetFields />
        <h2>{t('web.join.about')}</h2>
        <FactFields />
        {check.error && <Trouble error={check.error} />}
        <div>
          <Button type="primary" htmlType="submit" size="large" loading={check.isPending}>
            {t('web.join.check')}
          </Button>
        </div>
      </Form>
      {check.data && (
        <section className="stack" aria-labelledby="result" ref={shown} tabIndex={-1}>
          <Result of={check.data} />
          <div className="row">
            <Button type="primary" size="large" onClick={register}>
              {t('web.join.register')}
            </Button>
            <Link to="/class-calendar" search={target(form.getFieldsValue(true))} className="press">
              {t('web.join.classes')}
            </Link>
          </div>
        </section>
      )}
    </div>
  )
}
