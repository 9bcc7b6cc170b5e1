import { Checkbox } from 'antd'
import { useWords } from '../../words/words'

interface Props {
  to: { kind: string; title: string; text: string[]; by?: string; version: string }
  agreed: boolean
  onTick: (yes: boolean) => void
}

/** One thing that is asked of who registers, by what law and in which version, with a tick of its own. */
export function Agreement({ to, agreed, onTick }: Props) {
  const { t } = useWords()
  return (
    <article className="sheet stack close" data-consent={to.kind}>
      <h3>{to.title}</h3>
      {to.text.map((paragraph) => (
        <p key={paragraph}>{paragraph}</p>
      ))}
      <p className="quiet small">
        {to.by && `${t('web.registration.by_law', { by: to.by })} · `}
        {t('web.registration.version', { version: to.version })}
      </p>
      <Checkbox
        checked={agreed}
        onChange={(e) => onTick(e.target.checked)}
        aria-label={`${t('web.registration.agree')}: ${to.title}`}
      >
        {t('web.registration.agree')}
      </Checkbox>
    </article>
  )
}
