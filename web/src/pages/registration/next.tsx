import { Button } from 'antd'
import { useWords } from '../../words/words'

/** Ends a step: sends its form, or where it has none, goes on. */
export function Next({ onClick }: { onClick?: () => void }) {
  const { t } = useWords()
  return (
    <Button type="primary" size="large" htmlType={onClick ? 'button' : 'submit'} onClick={onClick}>
      {t('web.registration.next')}
    </Button>
  )
}
