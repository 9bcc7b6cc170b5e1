import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { type ComponentType, useEffect, useRef } from 'react'
import { answer, api } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import { About } from './about'
import { Choice } from './choice'
import { Consents } from './consents'
import { Contacts } from './contacts'
import { type Draft, draftQuery, type Filling, type Step, steps, useDraft } from './draft'
import { Identity } from './identity'
import { Photo } from './photo'
import { Named } from './registration'
import { Review } from './review'
import { TargetStep } from './targetstep'

/** What a step is given: the registration, and where to go from it. */
export interface StepProps {
  filling: Filling
  next: () => void
  go: (step: Step) => void
}

const pages: Record<Step, ComponentType<StepProps>> = {
  target: TargetStep,
  about: About,
  choice: Choice,
  identity: Identity,
  photo: Photo,
  contacts: Contacts,
  consents: Consents,
  review: Review,
}

/** One registration, step by step. Every step can be gone to at any time: nothing is judged before it is sent. */
export function Fill({ draft }: { draft: Draft }) {
  const { t } = useWords()
  const filling = useDraft(draft)
  const navigate = useNavigate()
  const heading = useRef<HTMLHeadingElement>(null)
  const { step = draft.step as Step } = useSearch({ from: '/inside/my-registration' })
  const nth = steps.indexOf(step)
  const go = (to: Step) => {
    filling.change({}, to)
    void navigate({ to: '/my-registration', search: { draft: draft.id, step: to } })
  }
  const shown = useRef(step)
  useEffect(() => {
    if (shown.current === step) return
    shown.current = step
    heading.current?.focus()
    window.scrollTo(0, 0)
  }, [step])
  const Page = pages[step]
  return (
    <div className="stack registration">
      <header className="stack close">
        <div className="row apart">
          <p className="quiet small">
            {t('web.registration.title')} · <Named of={filling.contents} />
          </p>
          <Link to="/my-registration" className="small">
            {t('web.registration.all')}
          </Link>
        </div>
        <nav aria-label={t('web.registration.steps')}>
          <ol className="plain steps">
            {steps.map((s, n) => (
              <li key={s}>
                <button
                  type="button"
                  onClick={() => go(s)}
                  aria-current={s === step ? 'step' : undefined}
                  title={t(`web.registration.step.${s}`)}
                >
                  <span aria-hidden>{n + 1}</span>
                  <span className="step-name">{t(`web.registration.step.${s}`)}</span>
                </button>
              </li>
            ))}
          </ol>
        </nav>
        <div className="row apart">
          <p className="small quiet">{t('web.registration.nth', { n: nth + 1, of: steps.length })}</p>
          <p className="small quiet" role="status" data-saving={filling.saving}>
            {filling.saving !== 'moved' && t(`web.registration.${filling.saving}`)}
          </p>
        </div>
        <h1 ref={heading} tabIndex={-1}>
          {t(`web.registration.step.${step}`)}
        </h1>
      </header>
      {filling.saving === 'moved' && <Moved filling={filling} step={step} />}
      <Page key={step} filling={filling} next={() => go(steps[nth + 1] ?? step)} go={go} />
      {nth > 0 && (
        <div>
          <Button onClick={() => go(steps[nth - 1] ?? step)}>{t('web.registration.back')}</Button>
        </div>
      )}
    </div>
  )
}

/** Somebody saved the same draft elsewhere. Both are there: which one to go on with is for its owner to say. */
function Moved({ filling, step }: { filling: Filling; step: Step }) {
  const { t } = useWords()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const reload = () => queries.invalidateQueries({ queryKey: draftQuery(filling.id).queryKey })
  const keep = useMutation({
    mutationFn: () => answer(api.POST('/v1/me/registration-drafts', { body: { step, contents: filling.contents } })),
    onSuccess: ({ id }) => navigate({ to: '/my-registration', search: { draft: id, step } }),
  })
  return (
    <div className="alert warn stack close" role="alert">
      <strong>{t('web.registration.moved')}</strong>
      <p>{t('web.registration.moved_advice')}</p>
      {keep.error && <Trouble error={keep.error} />}
      <div className="row">
        <Button onClick={() => void reload()}>{t('web.registration.use_theirs')}</Button>
        <Button loading={keep.isPending} onClick={() => keep.mutate()}>
          {t('web.registration.keep_mine')}
        </Button>
      </div>
    </div>
  )
}
