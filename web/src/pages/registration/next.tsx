import { Button } from 'antd'
import { useWords } from '../../words/words'

/** Ends a step. */
export function Next() {
  const { t } = useWords()
  return (
    <Button type="primary" size="large" htmlType="submit">
      {t('web.registration.next')}
    </Button>
  )
}
