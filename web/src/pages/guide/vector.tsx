import { useQuery } from '@tanstack/react-query'
import { Input } from 'antd'
import { useId, useState } from 'react'
import { useWords } from '../../words/words'
import { published, type Signed, sign } from './signature'

const fields = ['secret', 'id', 'timestamp', 'body'] as const

/** A signature, computed as the reader writes: first the vector that everybody's verifier has to pass. */
export function Vector() {
  const { t } = useWords()
  const id = useId()
  const [signed, setSigned] = useState<Signed>(published)
  const signature = useQuery({ queryKey: ['signature', signed], queryFn: () => sign(signed), gcTime: 0 })
  return (
    <div className="stack close">
      {fields.map((field) => (
        <div key={field} className="stack close tight">
          <label htmlFor={id + field} className="small quiet">
            {t(`web.guide.vector_${field}`)}
          </label>
          <Input
            id={id + field}
            className="mono"
            autoComplete="off"
            spellCheck={false}
            value={signed[field]}
            onChange={(e) => setSigned({ ...signed, [field]: e.target.value })}
          />
        </div>
      ))}
      <p>
        <span className="small quiet">webhook-signature</span>
        <br />
        <output className="mono" htmlFor={fields.map((f) => id + f).join(' ')}>
          {signature.data ?? t('web.guide.no_signature')}
        </output>
      </p>
    </div>
  )
}
