import { Button, Checkbox, Input, type InputRef, Radio } from 'antd'
import { useEffect, useId, useMemo, useRef, useState } from 'react'
import { useWords } from '../words/words'
import { type Group, isGroup, nothing, type Part, type Term, tryRead, Unreadable, write } from './expression'
import type { Field } from './fields'
import { TermLine } from './term'

/** What the server says is wrong with an expression, and where. */
export interface Refused {
  at: number
  message: string
}

interface Props {
  fields: Field[]
  filter: string
  refused: Refused | undefined
  apply: (expression: string) => void
  close: () => void
}

const blank: Term = { not: false, field: '', operator: ':', values: [] }

/** How deep brackets are built here; what is written by hand may go deeper. */
const deepest = 3

/** Builds what narrows a list, from conditions or as text: what is done to the one shows in the other. */
export function Builder({ fields, filter, refused, apply, close }: Props) {
  const { t } = useWords()
  const id = useId()
  const known = useMemo(() => new Set(fields.map((f) => f.name)), [fields])
  const [text, setText] = useState(filter)
  const [tree, setTree] = useState<Group>(() => {
    const read = tryRead(filter, known)
    return read instanceof Unreadable ? nothing : read.parts.length > 0 ? read : { ...nothing, parts: [blank] }
  })
  const field = useRef<InputRef>(null)
  useEffect(() => field.current?.focus(), [])
  const read = tryRead(text, known)
  const wrong = read instanceof Unreadable ? read : undefined
  const same = text.trim() === filter
  const grow = (next: Group) => {
    setTree(next)
    setText(write(next))
  }
  const type = (next: string) => {
    setText(next)
    const said = tryRead(next, known)
    if (!(said instanceof Unreadable)) setTree(said)
  }
  return (
    <section className="sheet builder stack close" aria-label={t('web.filter.build')}>
      <form
        className="stack close"
        onSubmit={(e) => {
          e.preventDefault()
          if (wrong) return field.current?.focus()
          apply(text.trim())
          close()
        }}
        onKeyDown={(e) => {
          if (e.key === 'Escape') close()
        }}
      >
        <GroupLines group={tree} fields={fields} depth={1} onChange={grow} />
        <label htmlFor={id} className="quiet small">
          {t('web.filter.as_text')}
        </label>
        <Input
          ref={field}
          id={id}
          className="mono"
          value={text}
          maxLength={2000}
          placeholder="queue:external (stage:exam OR age>30) -assignee:me"
          aria-invalid={Boolean(wrong)}
          aria-describedby={`${id}-wrong`}
          onChange={(e) => type(e.target.value)}
        />
        <div id={`${id}-wrong`} role="status">
          {wrong && <Where text={text} at={wrong.at} why={t(`web.filter.wrong_${wrong.why}`)} />}
          {!wrong && same && refused && <Where text={text} at={refused.at} why={refused.message} />}
        </div>
        <div className="row">
          <Button type="primary" htmlType="submit" disabled={Boolean(wrong)}>
            {t('web.filter.apply')}
          </Button>
          <Button onClick={close}>{t('web.frame.close')}</Button>
        </div>
      </form>
    </section>
  )
}

/** Why an expression cannot be read, with the place where that shows. */
function Where({ text, at, why }: { text: string; at: number; why: string }) {
  const { t } = useWords()
  const rest = text.slice(at)
  const begin = /^\S+/.exec(rest)?.[0] ?? ' '
  return (
    <div className="stack tight">
      <p className="wrong">{t('web.filter.wrong', { n: at + 1, why })}</p>
      <p className="mono small">
        {text.slice(0, at)}
        <mark>{begin}</mark>
        {rest.slice(begin.length)}
      </p>
    </div>
  )
}

interface GroupProps {
  group: Group
  fields: Field[]
  depth: number
  onChange: (group: Group) => void
  remove?: () => void
}

function GroupLines({ group, fields, depth, onChange, remove }: GroupProps) {
  const { t } = useWords()
  const { parts } = group
  const put = (n: number, part: Part | undefined) =>
    onChange({ ...group, parts: parts.flatMap((p, m) => (m === n ? (part ? [part] : []) : [p])) })
  const add = (part: Part) => onChange({ ...group, parts: [...parts, part] })
  return (
    <fieldset className="terms">
      <legend className="visually-hidden">{t('web.filter.group')}</legend>
      <div className="row">
        <Radio.Group
          size="small"
          optionType="button"
          buttonStyle="solid"
          value={group.join}
          onChange={(e) => onChange({ ...group, join: e.target.value })}
          options={[
            { value: 'all', label: t('web.filter.all') },
            { value: 'any', label: t('web.filter.any') },
          ]}
        />
        <Checkbox checked={group.not} onChange={(e) => onChange({ ...group, not: e.target.checked })}>
          {t('web.filter.none_of')}
        </Checkbox>
        {remove && (
          <Button type="link" size="small" onClick={remove}>
            {t('web.filter.drop_group')}
          </Button>
        )}
      </div>
      {parts.map((part, n) =>
        isGroup(part) ? (
          <GroupLines
            // biome-ignore lint/suspicious/noArrayIndexKey: a part is nothing but where it stands.
            key={n}
            group={part}
            fields={fields}
            depth={depth + 1}
            onChange={(next) => put(n, next)}
            remove={() => put(n, undefined)}
          />
        ) : (
          <TermLine
            // biome-ignore lint/suspicious/noArrayIndexKey: a part is nothing but where it stands.
            key={n}
            term={part}
            fields={fields}
            onChange={(next) => put(n, next)}
            remove={() => put(n, undefined)}
          />
        ),
      )}
      <div className="row">
        <Button size="small" onClick={() => add(blank)}>
          {t('web.filter.add')}
        </Button>
        {depth < deepest && (
          <Button
            size="small"
            onClick={() => add({ not: false, join: group.join === 'all' ? 'any' : 'all', parts: [blank] })}
          >
            {t('web.filter.add_group')}
          </Button>
        )}
      </div>
    </fieldset>
  )
}
