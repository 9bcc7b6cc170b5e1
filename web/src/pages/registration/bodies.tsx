import { Radio } from 'antd'
import type { Schema } from '../../api/client'
import { useWords } from '../../words/words'
import { Supervised } from '../finding/supervised'
import type { Filling } from './draft'

interface Props {
  title: string
  field: 'training_body' | 'evaluation_body'
  bodies: Schema['InstitutionView'][]
  none: string
  filling: Filling
  /** The body of the other role, which cannot be this one. */
  other: string | undefined
  /** It follows from the class. */
  fixed?: boolean
}

/** Who is listed today in a role. Who is chosen in the other one cannot be chosen in this. */
export function Bodies({ title, field, bodies, none, filling, other, fixed = false }: Props) {
  const { t } = useWords()
  return (
    <section className="sheet stack close" aria-labelledby={field}>
      <h2 id={field}>{title}</h2>
      {fixed && <p className="quiet small">{t('web.registration.by_class')}</p>}
      {bodies.length === 0 && <p className="alert warn">{none}</p>}
      <Radio.Group
        value={filling.contents[field]}
        disabled={fixed}
        onChange={(e) => filling.change({ [field]: e.target.value })}
        aria-labelledby={field}
        className="choice-list"
      >
        {bodies.map((b) => (
          <div key={b.id}>
            <Radio value={b.id} disabled={fixed || b.id === other}>
              {b.name}
              {b.id === other && <span className="quiet small"> · {t('web.registration.same_body')}</span>}
            </Radio>
            <div className="small choice-supervised">
              <Supervised of={b} />
            </div>
          </div>
        ))}
      </Radio.Group>
    </section>
  )
}
