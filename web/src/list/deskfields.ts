// What the other lists of operators are narrowed by: the fields that the interface knows (store/desksearch.go), with what
// their values are called.

import { eventTypes } from '../router'
import type { Field } from './fields'
import { useMaking } from './making'

/** In which an institution is listed, or inspected. */
const bodies = ['training', 'evaluation'] as const

const batchVerbs = ['retry', 'extend', 'reassign', 'override', 'cancel', 'resume_endpoint'] as const

export function useInstitutionFields(): Field[] {
  const { known, none, coded, chosen, of } = useMaking('occupations')
  return [
    ...of('text', 'name called'),
    coded('status', 'institution_status'),
    coded('role', 'role', { of: bodies }),
    chosen('occupation', known.occupations),
    coded('district', 'district', { also: [none] }),
  ]
}

export function useInspectionFields(): Field[] {
  const { known, none, coded, chosen, of } = useMaking('institutions')
  return [
    coded('state', 'inspection_state', { called: 'status' }),
    coded('role', 'role', { of: bodies }),
    chosen('institution', known.institutions),
    coded('district', 'district', { also: [none] }),
    ...of('day', 'planned', 'visited', 'due finding_due'),
  ]
}

export function useMisconductFields(): Field[] {
  const { known, coded, chosen, yesNo, of } = useMaking('institutions')
  return [
    coded('state', 'misconduct_state', { called: 'status' }),
    coded('act', 'misconduct_act'),
    coded('part', 'part'),
    chosen('institution', known.institutions),
    ...of('day', 'occurred', 'recorded', 'due'),
    yesNo('overdue'),
    ...of('text', 'case'),
  ]
}

export function useRequestFields(): Field[] {
  const { known, coded, chosen, yesNo, none, of } = useMaking('institutions')
  return [
    coded('kind', 'petition_kind', { called: 'petition' }),
    coded('topic', 'petition_topic', { also: [none] }),
    coded('state', 'petition_state', { called: 'status' }),
    chosen('institution', known.institutions),
    coded('handler', 'petition_handler', { of: ['institution', 'district', 'city'] }),
    ...of('age', 'age waiting'),
    ...of('day', 'asked requested', 'due', 'answered'),
    yesNo('overdue'),
    ...of('text', 'case'),
  ]
}

export function useEmployerFields(): Field[] {
  const { coded, of } = useMaking()
  return [...of('text', 'name called'), coded('district', 'district'), ...of('day', 'registered')]
}

/** An institution's lists, and an employer's, are its own. */
export function useIntakeFields(role: string): Field[] {
  const { known, none, coded, chosen, of } = useMaking('institutions')
  return [
    ...of('text', 'class'),
    coded('state', 'intake_state', { called: 'status' }),
    coded('mode', 'intake_mode', { also: [none] }),
    ...(role === 'operator' ? [chosen('institution', [none, ...known.institutions])] : []),
    ...of('day', 'uploaded', 'ended'),
  ]
}

export function useApprovalFields(): Field[] {
  const { none, coded, person, of } = useMaking('operators')
  return [
    coded('state', 'approval_state', { called: 'status' }),
    coded('verb', 'act_verb', { of: ['waive', 'override', 'cancel'] }),
    person('by'),
    person('decider', [none]),
    ...of('age', 'age waiting'),
    ...of('day', 'requested', 'decided'),
    ...of('text', 'case'),
  ]
}

export function useBatchFields(): Field[] {
  const { known, none, coded, chosen, causes, person, of } = useMaking('institutions', 'operators')
  return [
    coded('state', 'batch.state', { called: 'status' }),
    coded('verb', 'verb', { of: batchVerbs }),
    ...of('text', 'name called'),
    causes([none]),
    chosen('institution', [none, ...known.institutions]),
    person('by'),
    ...of('day', 'requested', 'ended'),
  ]
}

export function useDeadlineFields(): Field[] {
  const { known, chosen, of } = useMaking('institutions')
  return [chosen('institution', known.institutions), ...of('day', 'due', 'given'), ...of('text', 'case')]
}

export function useEndpointFields(): Field[] {
  const { known, coded, chosen, of } = useMaking('institutions')
  return [
    coded('state', 'web.endpoint_state', { called: 'status' }),
    chosen('institution', known.institutions),
    ...of('text', 'name called'),
    ...of('day', 'since state_since', 'failing'),
  ]
}

export function useDeliveryFields(): Field[] {
  const { known, coded, chosen, yesNo, of } = useMaking('institutions')
  return [
    coded('type', 'web.event_type', { of: eventTypes }),
    coded('state', 'web.delivery_state', { called: 'status' }),
    chosen('institution', known.institutions),
    ...of('day', 'written', 'delivered'),
    ...of('text', 'case', 'task'),
    yesNo('test'),
  ]
}

export function useLetterFields(): Field[] {
  const { known, coded, chosen, of } = useMaking('institutions')
  return [
    coded('state', 'web.letter_state', { called: 'status' }),
    coded('reason', 'letter.reason'),
    coded('kind', 'web.letter_kind', { called: 'answer' }),
    chosen('institution', known.institutions),
    ...of('age', 'age waiting'),
    ...of('day', 'received', 'resolved'),
  ]
}

export function useCertificateFields(): Field[] {
  const { known, coded, chosen, of } = useMaking('institutions')
  return [
    ...of('text', 'number'),
    coded('kind', 'certificate', { called: 'certificate' }),
    coded('status', 'web.certificate'),
    chosen('institution', known.institutions, 'issuer'),
    ...of('day', 'issued'),
  ]
}

export function useAuditFields(): Field[] {
  const { known, chosen, of } = useMaking('operators')
  return [chosen('actor', known.operators), ...of('text', 'action', 'subject'), ...of('day', 'at')]
}
