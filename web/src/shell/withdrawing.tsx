import { Button } from 'antd'
import { useWords } from '../words/words'
import { Trouble } from './notes'

/** Whoever asked for something does not decide on it: they can take it back. */
export function Withdrawing({ pending, error, withdraw }: { pending: boolean; error: unknown; withdraw: () => void }) {
  const { t } = useWords()
  return (
    <div className="stack close">
      <p className="quiet small">{t('web.one_certificate.mine')}</p>
      {error ? <Trouble error={error} /> : null}
      <div className="row">
        <Button onClick={withdraw} loading={pending}>
          {t('web.one_certificate.withdraw')}
        </Button>
      </div>
    </div>
  )
}
