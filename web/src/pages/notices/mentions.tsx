import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { answer, api } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

/** Notes on cases that ask for the reader's attention, until they were seen. */
export function Mentions() {
  const { t, lang } = useWords()
  const queries = useQueryClient()
  const mentions = useQuery({ queryKey: ['mentions'], queryFn: () => answer(api.GET('/v1/mentions')) })
  const seen = useMutation({
    mutationFn: (id: string) => answer(api.POST('/v1/mentions/{id}/reading', { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['mentions'] }),
  })
  if (mentions.error && !mentions.data) return <Trouble error={mentions.error} again={() => void mentions.refetch()} />
  const all = mentions.data?.mentions ?? []
  if (all.length === 0) return null
  return (
    <section className="sheet stack close mentions" aria-labelledby="mentions">
      <h2 id="mentions">{t('web.casework.mentions')}</h2>
      {seen.error && <Trouble error={seen.error} />}
      <ul className="plain lines">
        {all.map((m) => (
          <li key={m.id} className="stack close tight" data-mention={m.id}>
            <p>{m.struck ? <del>{m.note}</del> : m.note}</p>
            <p className="small quiet row">
              <span>{t('web.casework.mention_by', { by: m.author.label, at: moment(lang, m.written_at) })}</span>
              <Link to="/cases/$id" params={{ id: m.case_id }} search={{ section: 'handling' }}>
                {t('web.casework.to_case')}
              </Link>
              <Button size="small" onClick={() => seen.mutate(m.id)} loading={seen.isPending}>
                {t('web.casework.mention_seen')}
              </Button>
            </p>
          </li>
        ))}
      </ul>
    </section>
  )
}
