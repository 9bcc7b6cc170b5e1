import { Checkbox, Input } from 'antd'
import { useId } from 'react'
import type { Schema } from '../../api/client'
import { Failure } from '../../api/failure'
import { useFailureWords } from '../../shell/notes'
import { useWords } from '../../words/words'
import { certifies, isMark, scoreOf } from './result'
import { type Fate, type Row, sound, written } from './rows'

interface Props {
  task: Schema['TaskOutputBody']
  row: Row
  /** Nothing can be changed now. */
  still: boolean
  /** It was tried to send what is written. */
  tried: boolean
  onChange: (next: Partial<Row>) => void
  /** Whether the pasted text was taken as a column. */
  onPaste: (text: string) => boolean
}

/** One task's result among many. */
export function Line({ task, row, still, tried, onChange, onPaste }: Props) {
  const { t } = useWords()
  const id = useId()
  const { kind, trainee } = task
  const unsound = tried && written(kind, row) && !sound(kind, row)
  return (
    <li>
      <div className="many-line">
        <span>
          {trainee.name} <span className="small quiet nowrap">{trainee.id_number_masked}</span>
        </span>
        {still ? (
          <Said kind={kind} row={row} />
        ) : (
          <Fields task={task} row={row} wrong={unsound ? id : undefined} onChange={onChange} onPaste={onPaste} />
        )}
        <span className="many-fate" role="status">
          {row.fate && <FateMark fate={row.fate} />}
        </span>
      </div>
      {unsound && (
        <p id={id} className="small wrong">
          {t('web.answer.score_form')}
        </p>
      )}
      {typeof row.fate === 'object' && 'error' in row.fate && <Why error={row.fate.error} />}
    </li>
  )
}

/** What is written, to be read once more before it is sent. */
function Said({ kind, row }: { kind: Props['task']['kind']; row: Row }) {
  const { t } = useWords()
  if (!isMark(kind)) return null
  if (!written(kind, row)) return <span className="quiet">{t('web.many.blank')}</span>
  const score = scoreOf(row.score)
  return (
    <>
      <strong>{row.absent || score === undefined ? t('web.answer.absent') : t('web.many.score', { score })}</strong>
      {row.number && <span className="mono">{row.number}</span>}
    </>
  )
}

interface FieldsProps extends Pick<Props, 'task' | 'row' | 'onChange' | 'onPaste'> {
  /** What says that the score is none. */
  wrong: string | undefined
}

function Fields({ task, row, wrong, onChange, onPaste }: FieldsProps) {
  const { t } = useWords()
  const { kind, trainee } = task
  const named = (what: string) => `${trainee.name} ${what}`
  return (
    <>
      {isMark(kind) && (
        <>
          <Input
            aria-label={named(t('web.answer.score'))}
            placeholder={t('web.answer.score')}
            inputMode="decimal"
            autoComplete="off"
            maxLength={6}
            value={row.score}
            disabled={row.absent}
            {...(wrong ? { status: 'error', 'aria-invalid': true, 'aria-describedby': wrong } : {})}
            onChange={(e) => onChange({ score: e.target.value })}
            onPaste={(e) => {
              if (onPaste(e.clipboardData.getData('text'))) e.preventDefault()
            }}
          />
          <Checkbox
            aria-label={named(t('web.answer.absent'))}
            checked={row.absent}
            onChange={(e) => onChange({ absent: e.target.checked, score: '', number: '' })}
          >
            {t('web.answer.absent')}
          </Checkbox>
        </>
      )}
      {certifies(kind) && (
        <Input
          aria-label={named(t('web.answer.certificate_number'))}
          placeholder={t('web.answer.certificate_number')}
          autoComplete="off"
          maxLength={64}
          value={row.number}
          disabled={row.absent}
          onChange={(e) => onChange({ number: e.target.value })}
        />
      )}
    </>
  )
}

function FateMark({ fate }: { fate: Fate }) {
  const { t } = useWords()
  if (fate === 'sending') return <span className="mark now">{t('web.many.sending')}</span>
  if ('error' in fate) return <span className="mark bad">{t('web.many.refused')}</span>
  const how = fate.repeated ? 'repeated' : fate.forwarded ? 'taken' : 'kept'
  return <span className="mark good">{t(`web.answer.${how}`)}</span>
}

/** Why a line was not taken: what is wrong with its fields, or with it as a whole. */
function Why({ error }: { error: unknown }) {
  const words = useFailureWords(error)
  const fields = error instanceof Failure ? error.fields : []
  return <p className="small wrong">{fields.length ? fields.map((f) => f.message).join(' ') : words.detail}</p>
}
