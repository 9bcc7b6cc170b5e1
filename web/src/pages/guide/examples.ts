// The lines that the guide shows: for the reader's own address and, if there is one, their newest open task.

import type { Kind } from '../tasks/result'

export interface Place {
  /** Where the interface is. */
  api: string
  /** A task to answer. */
  task: string
  /** A day on which something can be reported. */
  day: string
}

const head = (place: Place, path: string) => `curl -H "Authorization: Bearer $KEY" "${place.api}${path}"`

/** A result of each kind of task. */
export const results = (day: string): Record<Kind, object> => ({
  enrolment: { accepted_on: day },
  training: { completed_modules: ['…'] },
  exam: { score: 78, held_on: day },
  theory: { score: 78.5, held_on: day },
  practical: { absent: true, held_on: day },
})

export const listing = (place: Place) => head(place, '/v1/tasks?state=open')
export const reading = (place: Place) => head(place, `/v1/tasks/${place.task}`)
export const events = (place: Place) => head(place, '/v1/events')

export const answering = (place: Place, kind: Kind) =>
  `${head(place, `/v1/tasks/${place.task}/result`)} \\
  -H "Content-Type: application/json" -H "Idempotency-Key: ${place.task}" \\
  -d '${JSON.stringify(results(place.day)[kind])}'`

export const refusing = (place: Place) =>
  `${head(place, `/v1/tasks/${place.task}/rejection`)} \\
  -H "Content-Type: application/json" -H "Idempotency-Key: ${place.task}" \\
  -d '{"reason_code":"class_full"}'`

/** How a callback's signature is computed in a shell. */
export const checking = `# SECRET=whsec_…  ID, TIMESTAMP: webhook-id, webhook-timestamp  body.json: as received, byte by byte
printf '%s.%s.%s' "$ID" "$TIMESTAMP" "$(cat body.json)" |
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$(printf '%s' "\${SECRET#whsec_}" | base64 -d | xxd -p -c 256)" -binary |
  base64   # = webhook-signature, after "v1,"`
