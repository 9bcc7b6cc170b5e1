import { useQuery } from '@tanstack/react-query'
import { answer, api, type Schema } from '../../api/client'
import { Aside } from '../../shell/aside'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import { Asking } from './asking'
import { ChoiceField } from './fields'

interface Filled {
  whom: string
  topic: Schema['ComplaintBody']['topic']
  text: string
}

const topics = ['teaching', 'conduct', 'fees', 'refund', 'evaluation', 'other'] as const

function complain({ whom, topic, text }: Filled) {
  const [case_id = '', institution = ''] = whom.split(' ')
  return answer(api.POST('/v1/complaints', { body: { case_id, institution, topic, text } }))
}

/** A complaint about an institution of one of the trainee's cases. */
export function Complaining({ onClose, onAsked }: { onClose: () => void; onAsked: (id: string) => void }) {
  const { t, name } = useWords()
  const mine = useQuery({ queryKey: ['my', 'cases'], queryFn: () => answer(api.GET('/v1/me/cases')) })
  const whom = (mine.data?.cases ?? []).flatMap((c) =>
    [
      { body: c.training_body, role: name('role', 'training') },
      { body: c.evaluation_body, role: name('role', 'evaluation') },
    ].map(({ body, role }) => ({
      value: `${c.id} ${body.id}`,
      label: `${body.name}（${c.occupation.name} · ${role}）`,
    })),
  )
  return (
    <Aside onClose={onClose} title={t('web.requests.complain')}>
      <div className="stack">
        <p className="quiet">{t('web.requests.complain_lead')}</p>
        {mine.error && <Trouble error={mine.error} again={() => void mine.refetch()} />}
        <Asking
          name="complaint"
          ask={complain}
          onAsked={({ id }) => onAsked(id)}
          label={t('web.requests.what')}
          extra={t('web.requests.sealed')}
          rows={6}
        >
          <ChoiceField name="whom" label={t('web.requests.whom')} options={whom} />
          <ChoiceField
            name="topic"
            label={t('web.requests.topic')}
            options={topics.map((value) => ({ value, label: name('petition_topic', value) }))}
          />
        </Asking>
      </div>
    </Aside>
  )
}
