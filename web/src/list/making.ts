import { useQuery } from '@tanstack/react-query'
import { answer, api } from '../api/client'
import { useInstitutions } from '../shell/institutions'
import type { Family, Key } from '../words/message'
import { useWords } from '../words/words'
import { type Field, me, missing, type Option } from './fields'

const minute = 60_000

type Asked = 'occupations' | 'institutions' | 'operators'

/** What the interface has to be asked for: what occupations, institutions and operators there are. */
function useKnown(asked: Asked[]) {
  const occupations = useQuery({
    queryKey: ['catalogue'],
    enabled: asked.includes('occupations'),
    queryFn: () => answer(api.GET('/v1/catalogue')),
    staleTime: 10 * minute,
  })
  const institutions = useInstitutions(asked.includes('institutions'))
  const operators = useQuery({
    queryKey: ['operators'],
    enabled: asked.includes('operators'),
    queryFn: () => answer(api.GET('/v1/operators')),
    staleTime: minute,
  })
  return {
    occupations: occupations.data?.occupations.map((o) => ({ value: o.code, label: o.name })) ?? [],
    institutions: institutions.data ?? [],
    operators: operators.data?.operators.map((o) => ({ value: o.id, label: o.label })) ?? [],
  }
}

interface Choice {
  of?: readonly string[]
  also?: Option[]
  /** What the field is called here, by the catalogue's key; its own name, unless it says otherwise. */
  called?: string
}

/** Makes the fields of a list, each with what its values are called; what there is of some must be asked for. */
export function useMaking(...asked: Asked[]) {
  const { t, name, codes } = useWords()
  const known = useKnown(asked)
  const none: Option = { value: missing, label: t('web.filter.none') }
  // One name may mean different things of different lists.
  const label = (field: string, called = field) => t(`web.fields.${called}` as Key)
  return {
    known,
    none,
    open: t('web.filter.open'),
    /** A choice among the codes of a family of the catalogue, or among some of them. */
    coded: (field: string, family: Family, { of = codes(family), also = [], called }: Choice = {}): Field => ({
      name: field,
      label: label(field, called),
      kind: 'choice',
      options: [...of.map((value) => ({ value, label: name(family, value) })), ...also],
    }),
    chosen: (field: string, options: Option[], called?: string): Field => ({
      name: field,
      label: label(field, called),
      kind: 'choice',
      options,
    }),
    yesNo: (field: string): Field => ({
      name: field,
      label: label(field),
      kind: 'choice',
      options: (['yes', 'no'] as const).map((value) => ({ value, label: t(`web.filter.${value}`) })),
    }),
    causes: (also: Option[] = []): Field => ({
      name: 'cause',
      label: label('cause'),
      kind: 'choice',
      options: [...codes('cause').map((value) => ({ value, label: name('cause', `${value}.title`) })), ...also],
    }),
    /** One of the operators, or the reader. */
    person: (field: string, also: Option[] = []): Field => ({
      name: field,
      label: label(field),
      kind: 'choice',
      options: [{ value: me, label: t('web.filter.me') }, ...also, ...known.operators],
    }),
    /** Fields of a kind, each by its name, and what it is called here where that is not its name. */
    of: (kind: 'text' | 'day' | 'age', ...fields: string[]): Field[] =>
      fields.map((said) => {
        const [field = said, called] = said.split(' ')
        return { name: field, label: label(field, called), kind }
      }),
  }
}
