import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { Facts } from '../../shell/facts'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import { Fee, Places, Refund } from '../offered/terms'

type Class = Schema['OfferedView']

/** Changing to another class of the training body: which there are, and what stays. Another body is a request to the bureau. */
export function Changing({ caseID, may, onDone }: { caseID: string; may: Schema['OwnMove']; onDone: () => void }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const move = useMutation({
    mutationFn: (to: Class) =>
      answer(
        api.POST('/v1/cases/{id}/class', {
          params: { path: { id: caseID } },
          body: { class: to.id, class_offer: to.offer.revision },
        }),
      ),
    onSuccess: onDone,
    onSettled: () => queries.invalidateQueries({ queryKey: ['case', caseID] }),
  })
  if (may.why_not) return <p className="alert warn">{may.why_not.name}</p>
  return (
    <div className="stack close">
      <h3>{t('web.own.move')}</h3>
      {may.class && (
        <p>{t('web.own.move_from', { class: may.class.name, from: may.class.starts_on, to: may.class.ends_on })}</p>
      )}
      <p className="quiet">{t('web.own.move_means', { n: may.left })}</p>
      {may.classes.length === 0 && <p>{t('web.own.move_none')}</p>}
      {move.error && <Trouble error={move.error} />}
      {may.classes.map((to) => (
        <article key={to.id} className="inset stack close">
          <div className="row apart">
            <h4>
              <Link to="/classes-offered/$id" params={{ id: to.id }}>
                {to.name}
              </Link>
            </h4>
            <Places of={to} />
          </div>
          <Facts
            of={[
              [t('web.offered.dates'), t('web.classes.from_to', { from: to.starts_on, to: to.ends_on })],
              [t('web.offered.costs'), <Fee key="fee" offer={to.offer} />],
              [t('web.offered.schedule'), to.offer.schedule],
              [t('web.offered.venue'), to.offer.venue],
              [t('web.offered.refund'), <Refund key="refund" offer={to.offer} />],
            ]}
          />
          <div>
            <Button
              loading={move.isPending && move.variables.id === to.id}
              disabled={move.isPending}
              onClick={() => move.mutate(to)}
              aria-label={`${t('web.own.move_do')}: ${to.name}`}
            >
              {t('web.own.move_do')}
            </Button>
          </div>
        </article>
      ))}
    </div>
  )
}
