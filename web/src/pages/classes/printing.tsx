import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Progress } from 'antd'
import { useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { keep } from '../../api/file'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'

type Print = Schema['PrintView']

/** Has a class's certificates put into one file, shows how far it is, and gives it out. */
export function Printing({ classID }: { classID: string }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [asked, setAsked] = useState<string>()
  const ask = useMutation({
    mutationFn: () => answer(api.POST('/v1/certificate-prints', { body: { class_id: classID } })),
    onSuccess: (print) => {
      queries.setQueryData(['prints', print.id], print)
      setAsked(print.id)
    },
  })
  const print = useQuery({
    queryKey: ['prints', asked],
    queryFn: () => answer(api.GET('/v1/certificate-prints/{id}', { params: { path: { id: asked ?? '' } } })),
    enabled: asked !== undefined,
    refetchInterval: ({ state }) => (over(state.data) ? false : 1_000),
  })
  const of = print.data
  return (
    <section className="stack close" aria-labelledby="printing">
      <h2 id="printing">{t('web.prints.title')}</h2>
      <p className="small quiet">{t('web.prints.means')}</p>
      <div className="row">
        <Button onClick={() => ask.mutate()} loading={ask.isPending || (of !== undefined && !over(of))}>
          {t('web.prints.ask')}
        </Button>
        {of?.state === 'done' && <File of={of} />}
      </div>
      <div aria-live="polite" className="stack close">
        {of && <Progressing of={of} />}
      </div>
      {ask.error && <Trouble error={ask.error} />}
      {print.error && <Trouble error={print.error} again={() => void print.refetch()} />}
    </section>
  )
}

const over = (print: Print | undefined) => print?.state === 'done' || print?.state === 'failed'

function Progressing({ of }: { of: Print }) {
  const { t } = useWords()
  const words = t(`web.prints.${of.state}`, { n: of.total - of.left_out.length, done: of.done, total: of.total })
  return (
    <>
      {!over(of) && (
        <Progress percent={Math.round((100 * of.done) / of.total)} aria-label={t('web.prints.title')} size="small" />
      )}
      <p className={of.state === 'failed' ? 'alert bad' : 'small'}>{words}</p>
      {of.left_out.length > 0 && over(of) && (
        <ul className="plain small quiet" aria-label={t('web.prints.left_out')}>
          {of.left_out.map((l) => (
            <li key={l.certificate_id}>
              <span className="mono">{l.number}</span> {l.text}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function File({ of }: { of: Print }) {
  const { t } = useWords()
  const take = useMutation({
    mutationFn: () =>
      keep(api.GET('/v1/certificate-prints/{id}/file', { params: { path: { id: of.id } }, parseAs: 'blob' })),
  })
  return (
    <>
      <Button type="primary" onClick={() => take.mutate()} loading={take.isPending}>
        {t('web.prints.take')}
      </Button>
      {take.error && <Trouble error={take.error} />}
    </>
  )
}
