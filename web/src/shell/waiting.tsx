import { Skeleton } from 'antd'
import { useWords } from '../words/words'

/** Where something will be shortly. */
export function Waiting({ rows = 6 }: { rows?: number | undefined }) {
  const { t } = useWords()
  return (
    <div className="sheet" role="status">
      <span className="visually-hidden">{t('web.note.loading')}</span>
      <Skeleton active paragraph={{ rows }} title={false} />
    </div>
  )
}
