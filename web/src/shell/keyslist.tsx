import { useWords } from '../words/words'
import { Aside } from './aside'
import { keysNow } from './keys'
import './palette.css'

/** Which keys do what on the page that is shown. */
export function KeysList({ close }: { close: () => void }) {
  const { t } = useWords()
  return (
    <Aside title={t('web.keyboard.title')} onClose={close}>
      <dl className="keys-list">
        <dt>
          <kbd>⌘K</kbd> <kbd>Ctrl K</kbd>
        </dt>
        <dd>{t('web.palette.title')}</dd>
        {keysNow().map(({ key, name }) => (
          <div className="fact" key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{name}</dd>
          </div>
        ))}
      </dl>
    </Aside>
  )
}
