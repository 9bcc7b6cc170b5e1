// What operators narrow lists of cases and of incidents by: the fields that the interface knows (store.CaseFields,
// store.IncidentFields), with what their values are called.

import { useQuery } from '@tanstack/react-query'
import { answer, api } from '../api/client'
import { useInstitutions } from '../shell/institutions'
import type { Family, Key } from '../words/message'
import { useWords } from '../words/words'
import { type Field, me, missing, type Option } from './fields'

const minute = 60_000

/** What the interface has to be asked for: what occupations, institutions and operators there are. */
function useKnown() {
  const occupations = useQuery({
    queryKey: ['catalogue'],
    queryFn: () => answer(api.GET('/v1/catalogue')),
    staleTime: 10 * minute,
  })
  const institutions = useInstitutions()
  const operators = useQuery({
    queryKey: ['operators'],
    queryFn: () => answer(api.GET('/v1/operators')),
    staleTime: minute,
  })
  return {
    occupations: occupations.data?.occupations.map((o) => ({ value: o.code, label: o.name })) ?? [],
    institutions: institutions.data ?? [],
    operators: operators.data?.operators.map((o) => ({ value: o.id, label: o.label })) ?? [],
  }
}

/** Makes fields, each with what its values are called. */
function useMaking() {
  const { t, name, codes } = useWords()
  const known = useKnown()
  const none: Option = { value: missing, label: t('web.filter.none') }
  const label = (field: string) => t(`web.fields.${field}` as Key)
  return {
    known,
    none,
    open: t('web.filter.open'),
    /** A choice among the codes of a family of the catalogue. */
    coded: (field: string, family: Family, also: Option[] = []): Field => ({
      name: field,
      label: label(field),
      kind: 'choice',
      options: [...codes(family).map((value) => ({ value, label: name(family, value) })), ...also],
    }),
    chosen: (field: string, options: Option[]): Field => ({
      name: field,
      label: label(field),
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
    seesTo: (): Field => ({
      name: 'assignee',
      label: label('assignee'),
      kind: 'choice',
      options: [{ value: me, label: t('web.filter.me') }, none, ...known.operators],
    }),
    of: (kind: 'text' | 'day' | 'age', ...fields: string[]): Field[] =>
      fields.map((field) => ({ name: field, label: label(field), kind })),
  }
}

/** What lists of cases are narrowed by. */
export function useCaseFields(): Field[] {
  const { known, none, open, coded, chosen, yesNo, causes, seesTo, of } = useMaking()
  return [
    coded('queue', 'queue'),
    coded('stage', 'stage'),
    seesTo(),
    causes([none]),
    coded('kind', 'web.incident_kind', [none]),
    chosen('institution', known.institutions),
    chosen('training', known.institutions),
    chosen('evaluation', known.institutions),
    chosen('occupation', known.occupations),
    coded('level', 'level'),
    coded('district', 'district', [none]),
    ...of('day', 'due'),
    ...of('age', 'age'),
    ...of('day', 'since', 'registered', 'ended', 'trained', 'certified'),
    coded('status', 'status', [{ value: 'open', label: open }]),
    coded('outcome', 'outcome', [none]),
    coded('done', 'stage'),
    yesNo('paused'),
    ...of('text', 'policy'),
  ]
}

/** What lists of incidents are narrowed by. */
export function useIncidentFields(): Field[] {
  const { known, none, coded, chosen, yesNo, causes, seesTo, of } = useMaking()
  return [
    causes(),
    coded('kind', 'web.incident_kind'),
    coded('stage', 'stage', [none]),
    seesTo(),
    chosen('institution', [none, ...known.institutions]),
    coded('channel', 'channel', [none]),
    chosen('occupation', known.occupations),
    coded('level', 'level'),
    coded('district', 'district', [none]),
    ...of('age', 'age'),
    ...of('day', 'since', 'closed'),
    coded('state', 'web.incident_state'),
    yesNo('holds'),
  ]
}
