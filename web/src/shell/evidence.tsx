import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Radio } from 'antd'
import { useId, useRef, useState } from 'react'
import { answer, api, type Schema } from '../api/client'
import { useSession } from '../api/session'
import { moment, number } from '../words/time'
import { useWords } from '../words/words'
import { Ending } from './ending'
import { Trouble } from './notes'
import { accepted, isTable, papersAccepted, send, typeOf } from './sending'
import { Waiting } from './waiting'

type Filed = Schema['EvidenceView']
type About = Filed['subject_kind']
type Kind = Filed['kind']

const mostBytes = 10 * 1024 * 1024

/** The files that were filed about something; institutions file more, and remove what they filed. */
export function Evidence({ about, id, kinds }: { about: About; id: string; kinds: Kind[] }) {
  const { t } = useWords()
  const { account } = useSession()
  const filed = useQuery({
    queryKey: ['evidence', about, id],
    queryFn: () =>
      answer(api.GET('/v1/evidence', { params: { query: { subject_kind: about, subject_id: id, limit: 200 } } })),
  })
  const rows = filed.data?.evidence
  return (
    <section className="stack close">
      <h2>{t('web.evidence.title')}</h2>
      {filed.error && <Trouble error={filed.error} again={() => void filed.refetch()} />}
      {filed.isPending && <Waiting />}
      {rows?.length === 0 && <p className="quiet">{t('web.evidence.none')}</p>}
      {rows && rows.length > 0 && (
        <ul className="plain stack close">
          {rows.map((row) => (
            <One key={row.id} row={row} />
          ))}
        </ul>
      )}
      {account.role === 'institution' && <Filing about={about} id={id} kinds={kinds} />}
    </section>
  )
}

function One({ row }: { row: Filed }) {
  const { t, name, lang } = useWords()
  const { account } = useSession()
  const [removing, setRemoving] = useState(false)
  const called = row.name ?? name('evidence_kind', row.kind)
  const mayRemove = account.role === 'operator' || !row.cited
  return (
    <li>
      <div className="row">
        <a href={`/v1/evidence/${row.id}/file`} download aria-label={t('web.evidence.download', { name: called })}>
          {called}
        </a>
        {row.cited && <span className="mark good">{t('web.evidence.cited')}</span>}
        {mayRemove && (
          <Button
            size="small"
            onClick={() => setRemoving(!removing)}
            aria-expanded={removing}
            aria-label={t('web.evidence.remove_one', { name: called })}
          >
            {t('web.evidence.remove')}
          </Button>
        )}
      </div>
      <p className="small quiet">
        {name('evidence_kind', row.kind)} · {number(lang, Math.max(row.size / 1024, 0.01))} KB ·{' '}
        {moment(lang, row.completed_at ?? row.asked_at)}
      </p>
      {removing && (
        <Ending
          title={t('web.evidence.remove')}
          means={t('web.evidence.remove_means')}
          end={(reason) =>
            answer(api.POST('/v1/evidence/{id}/removal', { params: { path: { id: row.id } }, body: { reason } }))
          }
          list="evidence"
        />
      )}
    </li>
  )
}

interface FilingProps {
  about: About
  id: string
  kinds: Kind[]
  onFiled?: () => unknown
}

/** A file is chosen and sent; how far it has come is shown. */
export function Filing({ about, id, kinds, onFiled }: FilingProps) {
  const { t, name, lang } = useWords()
  const queries = useQueryClient()
  const field = useRef<HTMLInputElement>(null)
  const label = useId()
  const [kind, setKind] = useState(kinds[0])
  const papers = !kinds.some((k) => k === 'score_sheet' || k === 'attendance_sheet')
  const [share, setShare] = useState(0)
  const [wrong, setWrong] = useState<string>()
  const filing = useMutation({
    mutationFn: (file: File) => send(file, { subject_kind: about, subject_id: id, kind: kind ?? 'other' }, setShare),
    onSuccess: () => {
      if (field.current) field.current.value = ''
      onFiled?.()
      return queries.invalidateQueries({ queryKey: ['evidence', about, id] })
    },
  })
  const file = () => {
    const chosen = field.current?.files?.[0]
    filing.reset()
    if (!chosen) return setWrong(t('web.evidence.choose'))
    if (!typeOf(chosen.name) || (papers && isTable(chosen.name))) return setWrong(t('web.evidence.not_taken'))
    if (chosen.size > mostBytes) return setWrong(t('web.evidence.too_large'))
    setWrong(undefined)
    setShare(0)
    filing.mutate(chosen)
  }
  return (
    <Form layout="vertical" onFinish={file}>
      {kinds.length > 1 && (
        <Form.Item label={t('web.evidence.kind')}>
          <Radio.Group
            value={kind}
            onChange={(e) => setKind(e.target.value as Kind)}
            options={kinds.map((k) => ({ value: k, label: name('evidence_kind', k) }))}
            aria-label={t('web.evidence.kind')}
          />
        </Form.Item>
      )}
      <Form.Item
        label={t('web.evidence.file')}
        htmlFor={label}
        extra={t(papers ? 'web.evidence.taken_papers' : 'web.evidence.taken')}
        {...(wrong ? { validateStatus: 'error', help: wrong } : {})}
      >
        <input
          ref={field}
          id={label}
          type="file"
          accept={papers ? papersAccepted : accepted}
          disabled={filing.isPending}
        />
      </Form.Item>
      {filing.isPending && (
        <progress aria-label={t('web.evidence.sending')} value={share} max={1}>
          {number(lang, Math.round(share * 100))}%
        </progress>
      )}
      {filing.error && <Trouble error={filing.error} />}
      <div className="row">
        <Button htmlType="submit" loading={filing.isPending}>
          {t('web.evidence.send')}
        </Button>
        <span role="status">{filing.isSuccess && t('web.evidence.sent')}</span>
      </div>
    </Form>
  )
}
