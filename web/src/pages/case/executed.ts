/** Whose execution is meant: a case's, or that of the workflow that an incident was found of. */
export type Executed = { caseId: string } | { incidentId: string }

export const idOf = (of: Executed) => ('caseId' in of ? of.caseId : of.incidentId)

/** Both have the same operations, each at its own place: one is typed for both. */
export function place<Path extends `/v1/cases/{id}/execution${string}`>(of: Executed, path: Path): Path {
  return ('caseId' in of ? path : path.replace('/v1/cases/', '/v1/incidents/')) as Path
}
