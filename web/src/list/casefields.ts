// What operators narrow lists of cases and of incidents by: the fields that the interface knows (store.CaseFields,
// store.IncidentFields), with what their values are called.

import type { Field } from './fields'
import { useMaking } from './making'

/** What lists of cases are narrowed by. */
export function useCaseFields(): Field[] {
  const { known, none, open, coded, chosen, yesNo, causes, person, of } = useMaking(
    'occupations',
    'institutions',
    'operators',
  )
  return [
    coded('queue', 'queue'),
    coded('stage', 'stage'),
    person('assignee', [none]),
    causes([none]),
    coded('kind', 'web.incident_kind', { also: [none] }),
    chosen('institution', known.institutions),
    chosen('training', known.institutions),
    chosen('evaluation', known.institutions),
    chosen('occupation', known.occupations),
    coded('level', 'level'),
    coded('district', 'district', { also: [none] }),
    ...of('day', 'due'),
    ...of('age', 'age'),
    ...of('day', 'since', 'registered', 'ended', 'trained', 'certified'),
    coded('status', 'status', { also: [{ value: 'open', label: open }] }),
    coded('outcome', 'outcome', { also: [none] }),
    coded('done', 'stage'),
    yesNo('paused'),
    ...of('text', 'policy'),
  ]
}

/** What lists of incidents are narrowed by. */
export function useIncidentFields(): Field[] {
  const { known, none, coded, chosen, yesNo, causes, person, of } = useMaking(
    'occupations',
    'institutions',
    'operators',
  )
  return [
    causes(),
    coded('kind', 'web.incident_kind'),
    coded('stage', 'stage', { also: [none] }),
    person('assignee', [none]),
    chosen('institution', [none, ...known.institutions]),
    coded('channel', 'channel', { also: [none] }),
    chosen('occupation', known.occupations),
    coded('level', 'level'),
    coded('district', 'district', { also: [none] }),
    ...of('age', 'age'),
    ...of('day', 'since', 'closed'),
    coded('state', 'web.incident_state'),
    yesNo('holds'),
  ]
}
