import { Button, Input, type InputRef } from 'antd'
import { useId, useRef, useState } from 'react'
import { useWords } from '../words/words'

/** What is shown this once, to be copied: nothing of it is kept, here or on the server. */
export function Once({ title, advice, name, value }: { title: string; advice: string; name: string; value: string }) {
  const { t } = useWords()
  const id = useId()
  const field = useRef<InputRef>(null)
  const [said, setSaid] = useState<'copied' | 'selected'>()
  // A browser gives the clipboard to who may have it; otherwise the text is selected, to be copied by hand.
  const copy = async () => {
    field.current?.select()
    try {
      await navigator.clipboard.writeText(value)
      setSaid('copied')
    } catch {
      setSaid('selected')
    }
  }
  return (
    <div className="alert good stack close">
      <strong>{title}</strong>
      <p>{advice}</p>
      <label htmlFor={id} className="small">
        {name}
      </label>
      <Input ref={field} id={id} value={value} readOnly className="mono" onFocus={(e) => e.target.select()} />
      <div className="row">
        <Button type="primary" onClick={() => void copy()}>
          {t('web.once.copy')}
        </Button>
        <span role="status">{said && t(`web.once.${said}`)}</span>
      </div>
    </div>
  )
}
