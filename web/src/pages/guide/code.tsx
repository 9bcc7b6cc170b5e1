import { CopyOutlined } from '@ant-design/icons'
import { useState } from 'react'
import { Verbatim } from '../../shell/verbatim'
import { useWords } from '../../words/words'

/** Lines to be copied into a terminal or a program. */
export function Code({ name, children }: { name: string; children: string }) {
  const { t } = useWords()
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(children)
    setCopied(true)
  }
  return (
    <figure className="listing-code">
      <figcaption className="row apart">
        <span className="small quiet">{name}</span>
        {navigator.clipboard && (
          <span className="row small">
            <span role="status">{copied && t('web.once.copied')}</span>
            <button
              type="button"
              className="tool"
              onClick={() => void copy()}
              aria-label={t('web.guide.copy', { name })}
            >
              <CopyOutlined aria-hidden />
            </button>
          </span>
        )}
      </figcaption>
      <Verbatim>{children}</Verbatim>
    </figure>
  )
}
