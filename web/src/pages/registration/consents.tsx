import { useQuery } from '@tanstack/react-query'
import { Form } from 'antd'
import type { Schema } from '../../api/client'
import { Coming } from '../../shell/arrived'
import { useWords } from '../../words/words'
import { consentTexts } from '../signup/texts'
import { Agreement } from './agreement'
import type { StepProps } from './fill'
import { Next } from './next'
import { SponsorAgreement } from './order'

type Text = Schema['ConsentTextView']

/** What is asked of who registers: a tick for each purpose, and none for them all. */
export function Consents({ filling, next }: StepProps) {
  const { t } = useWords()
  const texts = useQuery(consentTexts)
  if (!texts.data) return <Coming of={texts} rows={8} />
  const given = filling.contents.consents ?? []
  const agreed = (text: Text) => given.some((g) => g.kind === text.kind && g.version === text.version)
  const tick = ({ kind, version }: Text, yes: boolean) =>
    filling.change({ consents: [...given.filter((g) => g.kind !== kind), ...(yes ? [{ kind, version }] : [])] })
  return (
    <Form className="stack" onFinish={next}>
      {(['registration', 'optional'] as const).map((when) => (
        <section key={when} className="stack" aria-labelledby={when}>
          <h2 id={when}>{t(when === 'registration' ? 'web.registration.needed' : 'web.registration.optional')}</h2>
          {when === 'registration' && filling.contents.order_code && <SponsorAgreement filling={filling} />}
          {texts.data.texts
            .filter((text) => text.when === when)
            .map((text) => (
              <Agreement key={text.kind} to={text} agreed={agreed(text)} onTick={(yes) => tick(text, yes)} />
            ))}
        </section>
      ))}
      <div>
        <Next />
      </div>
    </Form>
  )
}
