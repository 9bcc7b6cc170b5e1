import { lazy, Suspense } from 'react'
import { Failure } from '../api/failure'
import { useWords } from '../words/words'
import type { Refused } from './builder'
import { isGroup, nothing, type Part, tryRead, Unreadable, write } from './expression'
import { type Field, say } from './fields'
import { useChange } from './page'

const Builder = lazy(() => import('./builder').then((m) => ({ default: m.Builder })))

interface Props {
  fields: Field[]
  filter: string | undefined
  /** All that narrows the list, of which that is a part. */
  whole: string
  building: boolean
  build: (on: boolean) => void
  error: unknown
}

/** The conditions that narrow a list: each can be taken away where it stands, and all be built anew. */
export function Narrowed({ fields, filter, whole, building, build, error }: Props) {
  const { t } = useWords()
  const change = useChange()
  const read = tryRead(filter ?? '', new Set(fields.map((f) => f.name)))
  const narrow = (expression: string) => change({ filter: expression || undefined, page: undefined, view: undefined })
  const refused = error instanceof Failure ? refusal(error, whole.indexOf(filter ?? '')) : undefined
  const unreadable = read instanceof Unreadable || refused !== undefined
  const parts: Part[] = read instanceof Unreadable ? [] : read.join === 'all' && !read.not ? read.parts : [read]
  return (
    <>
      {parts.length > 0 && (
        <ul className="plain chips" aria-label={t('web.filter.conditions')}>
          {parts.map((part, n) => {
            const said = say(t, fields, part)
            return (
              <li key={write(part)} className="chip">
                <button type="button" onClick={() => build(true)}>
                  {said}
                </button>
                <button
                  type="button"
                  aria-label={t('web.filter.without', { what: said })}
                  onClick={() =>
                    narrow(
                      isGroup(part) && parts.length === 1
                        ? ''
                        : write({ ...nothing, parts: parts.filter((_, m) => m !== n) }),
                    )
                  }
                >
                  <span aria-hidden="true">×</span>
                </button>
              </li>
            )
          })}
        </ul>
      )}
      {(building || unreadable) && (
        <Suspense>
          <Builder
            key={filter ?? ''}
            fields={fields}
            filter={filter ?? ''}
            refused={refused}
            apply={narrow}
            close={() => build(false)}
          />
        </Suspense>
      )}
    </>
  )
}

/** What the server finds wrong with an expression, and at which of its characters: it names the field filter[12]. */
function refusal(error: Failure, begin: number): Refused | undefined {
  const found = error.fields.find((f) => /^filter\b/.test(f.field))
  const at = Number(/\[(\d+)]/.exec(found?.field ?? '')?.[1] ?? 0) - Math.max(0, begin)
  return found && { at: Math.max(0, at), message: found.message }
}
