import { BellOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { answer, api } from '../api/client'
import { useWords } from '../words/words'

const most = 99

/** How much a trainee is told of that they have not read, and the way there. */
export function Bell() {
  const { t } = useWords()
  const told = useQuery({
    queryKey: ['my', 'notifications', 'bell'],
    queryFn: () => answer(api.GET('/v1/me/notifications', { params: { query: { state: 'unread', limit: 1 } } })),
    refetchInterval: 30_000,
  })
  const unread = told.data?.unread ?? 0
  return (
    <Link to="/my-messages" className="tool bell" aria-label={t('web.messages.bell', { n: unread })}>
      <BellOutlined aria-hidden />
      {unread > 0 && <span aria-hidden>{unread > most ? `${most}+` : unread}</span>}
    </Link>
  )
}
