import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api } from '../../api/client'
import { Coming } from '../../shell/arrived'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Notices } from '../offered/terms'

/** What is published of an institution's supervision, asked for once somebody opens it. */
export function Supervised({ of }: { of: { id: string; name: string; notices: number } }) {
  const { t } = useWords()
  const [open, setOpen] = useState(false)
  return (
    <details onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>
        {t('web.finding.more', { n: of.notices })}
        <span className="visually-hidden"> {of.name}</span>
      </summary>
      {open && (
        <div className="inset">
          <Published id={of.id} />
        </div>
      )}
    </details>
  )
}

/** What it was called, when it was suspended, and what was published of inspections. */
export function Published({ id }: { id: string }) {
  const { t, lang } = useWords()
  const one = useQuery({
    queryKey: ['institution', id, 'public'],
    queryFn: () => answer(api.GET('/v1/institutions/{ref}', { params: { path: { ref: id } } })),
    staleTime: 60_000,
  })
  if (!one.data) return <Coming of={one} rows={2} />
  const { supervision, suspensions, names } = one.data
  return (
    <div className="stack close">
      <Notices of={supervision} />
      {suspensions.map((s) => (
        <p key={s.since}>
          {s.until
            ? t('web.finding.was_suspended', { since: moment(lang, s.since), until: moment(lang, s.until) })
            : t('web.finding.suspended', { since: moment(lang, s.since) })}
        </p>
      ))}
      {names.length > 1 && (
        <p className="quiet">{t('web.finding.names', { names: names.map((n) => n.name).join('；') })}</p>
      )}
    </div>
  )
}
