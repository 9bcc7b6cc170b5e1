import { useMutation, useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { Waiting } from '../../shell/waiting'
import { useWords } from '../../words/words'
import type { Facts } from '../casework/applicant'
import { checkJoin } from '../join/check'
import { Bodies } from './bodies'
import { Classes } from './classes'
import type { Contents, Filling } from './draft'
import type { StepProps } from './fill'
import { Next } from './next'
import { OrderedClass } from './order'

/** Whether enough is told to ask who could train and evaluate. */
const asked = (c: Contents) => Boolean(c.occupation && c.level && c.applicant?.category)

const useCheck = (c: Contents) =>
  useQuery({
    queryKey: ['join-check', c.occupation, c.direction, c.level, c.applicant],
    enabled: asked(c),
    queryFn: () => checkJoin({ ...c, applicant: c.applicant as Facts }),
  })

/** Classes that are offered, who trains and who evaluates, side by side. */
export function Choice({ filling, next, go }: StepProps) {
  const { t } = useWords()
  const { contents } = filling
  const check = useCheck(contents)
  const offered = useQuery({
    queryKey: ['offered', contents.occupation, contents.direction, contents.level],
    enabled: Boolean(contents.occupation && contents.level),
    queryFn: () =>
      answer(
        api.GET('/v1/offered-classes', {
          params: {
            query: {
              occupation: contents.occupation ?? '',
              level: contents.level as 'junior' | 'intermediate' | 'senior',
              ...(contents.direction ? { direction: contents.direction } : {}),
            },
          },
        }),
      ),
  })
  const { take, giveUp } = usePlace(filling, () => void offered.refetch())
  if (!asked(contents)) {
    const first = contents.occupation && contents.level ? 'about' : 'target'
    return (
      <div className="sheet stack close">
        <p>{t(first === 'about' ? 'web.registration.tell_about_first' : 'web.registration.choose_target_first')}</p>
        <div>
          <Button type="primary" onClick={() => go(first)}>
            {t(`web.registration.step.${first}`)}
          </Button>
        </div>
      </div>
    )
  }
  const error = check.error ?? offered.error
  if (error) return <Trouble error={error} again={() => void Promise.all([check.refetch(), offered.refetch()])} />
  if (!check.data || !offered.data) return <Waiting rows={8} />
  // What is offered for every direction is not for this one: a class is for one target.
  const classes = offered.data.classes.filter((c) => (c.direction?.code ?? '') === (contents.direction ?? ''))
  return (
    <div className="stack">
      {check.data.join.outcome !== 'met' && (
        <div className="alert warn stack close">
          <p>{check.data.join.text}</p>
          <ul>
            {check.data.join.lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </div>
      )}
      {(take.error ?? giveUp.error) ? <Trouble error={take.error ?? giveUp.error} /> : null}
      <div className="choices">
        {contents.order_code ? (
          <OrderedClass filling={filling} />
        ) : (
          <Classes
            offered={classes}
            filling={filling}
            busy={take.isPending || giveUp.isPending}
            take={(c) => take.mutate(c)}
            giveUp={() => giveUp.mutate()}
          />
        )}
        <Bodies
          title={t('web.registration.training_body')}
          field="training_body"
          bodies={check.data.training_bodies}
          none={t('web.join.nobody_trains')}
          filling={filling}
          other={contents.evaluation_body}
          fixed={contents.class !== undefined || contents.order_code !== undefined}
        />
        <Bodies
          title={t('web.registration.evaluation_body')}
          field="evaluation_body"
          bodies={check.data.evaluation_bodies}
          none={t('web.join.nobody_evaluates')}
          filling={filling}
          other={contents.training_body}
        />
      </div>
      <div>
        <Next onClick={next} />
      </div>
    </div>
  )
}

/** Has a place in a class kept for the registration, or gives it up. */
function usePlace(filling: Filling, changed: () => void) {
  const params = { params: { path: { id: filling.id } } }
  const take = useMutation({
    mutationFn: (c: Schema['OfferedView']) =>
      answer(
        api.PUT('/v1/me/registration-drafts/{id}/place', {
          ...params,
          body: { class: c.id, class_offer: c.offer.revision },
        }),
      ),
    onSuccess: ({ place }, c) => {
      filling.tell({ place })
      filling.change({ class: c.id, class_offer: c.offer.revision, training_body: c.institution.id })
    },
    onSettled: changed,
  })
  const giveUp = useMutation({
    mutationFn: () => answer(api.DELETE('/v1/me/registration-drafts/{id}/place', params)),
    onSuccess: () => {
      filling.tell({ place: undefined })
      filling.change({ class: undefined, class_offer: undefined })
    },
    onSettled: changed,
  })
  return { take, giveUp }
}
