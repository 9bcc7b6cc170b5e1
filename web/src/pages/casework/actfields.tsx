import { Form, Input, InputNumber, Radio } from 'antd'
import type { Schema } from '../../api/client'
import { useWords } from '../../words/words'
import { Takers } from '../case/takers'
import { ApplicantFields, type Facts, factsOf } from './applicant'
import type { Acts } from './queries'

type Body = Schema['ActBody']
type Part = 'exam' | 'theory' | 'practical'

/** What an operator writes into the form of an act. */
export interface Asked {
  reason: string
  legal_basis?: string
  institution?: string
  days?: number
  stage?: Body['stage']
  until?: string
  evidence?: string
  applicant?: Facts
  marks?: Partial<Record<Part, number | null>>
}

/** What is sent of it: what was left empty is not. */
export function bodyOf(verb: Body['verb'], seen: number, said: Asked): Body {
  const { marks, applicant, ...plain } = said
  const given = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined && value !== ''))
  const changed = (['exam', 'theory', 'practical'] as const).flatMap((part) => {
    const score = marks?.[part]
    return score === undefined || score === null ? [] : [{ part, score }]
  })
  return {
    verb,
    seen,
    ...given,
    ...(applicant ? { applicant: factsOf(applicant) } : {}),
    ...(changed.length ? { marks: changed } : {}),
  }
}

/** What a verb needs beside a reason. */
export function ActFields({ id, verb, stages }: { id: string; verb: Body['verb']; stages: Acts['stages'] }) {
  const { t } = useWords()
  const required = [{ required: true, message: t('web.resolve.missing') }]
  switch (verb) {
    case 'extend':
      return (
        <Form.Item name="days" label={t('web.resolve.days')} rules={required} initialValue={14}>
          <InputNumber min={1} max={365} precision={0} />
        </Form.Item>
      )
    case 'reassign':
      return <Takers caseId={id} />
    case 'return':
      return (
        <Form.Item name="stage" label={t('web.casework.to_stage')} rules={required}>
          <Radio.Group className="verbs" options={stages.map((s) => ({ value: s.code, label: s.name }))} />
        </Form.Item>
      )
    case 'pause':
      return (
        <Form.Item name="until" label={t('web.casework.pause_until')} extra={t('web.casework.pause_open')}>
          <Input type="date" className="narrow" />
        </Form.Item>
      )
    case 'waive':
      return <EvidenceText />
    case 'override':
      return (
        <>
          <Marks />
          <EvidenceText />
        </>
      )
    case 'correct':
      return <ApplicantFields id={id} />
    default:
      return null
  }
}

function EvidenceText() {
  const { t } = useWords()
  return (
    <Form.Item
      name="evidence"
      label={t('web.resolve.evidence')}
      rules={[{ required: true, whitespace: true, message: t('web.resolve.missing') }]}
    >
      <Input.TextArea rows={3} maxLength={1000} />
    </Form.Item>
  )
}

export function LegalBasis() {
  const { t } = useWords()
  return (
    <Form.Item
      name="legal_basis"
      label={t('web.casework.legal_basis')}
      extra={t('web.casework.legal_basis_means')}
      rules={[{ required: true, whitespace: true, message: t('web.resolve.missing') }]}
    >
      <Input.TextArea rows={2} maxLength={500} />
    </Form.Item>
  )
}

/** The last marks of each part, as they should have been. What is left empty stays. */
function Marks() {
  const { t, name } = useWords()
  return (
    <fieldset className="stack close facts-of">
      <legend>{t('web.casework.marks')}</legend>
      <div className="row">
        {(['exam', 'theory', 'practical'] as const).map((part) => (
          <Form.Item key={part} name={['marks', part]} label={name('task_kind', part)}>
            <InputNumber min={0} max={100} step={0.5} />
          </Form.Item>
        ))}
      </div>
    </fieldset>
  )
}
