import createClient from 'openapi-fetch'
import type { components, paths } from '../generated/schema'
import { language } from '../words/language'
import { Failure } from './failure'

/** The shapes of the interface. */
export type Schema = components['schemas']

/** The interface, as its description has it. Requests ask for the reader's language; whatever goes wrong is a Failure. */
export const api = createClient<paths>({ baseUrl: window.location.origin })

api.use({
  onRequest: ({ request }) => {
    request.headers.set('Accept-Language', language.get())
    return request
  },
  onResponse: async ({ response }) => {
    if (!response.ok) throw await Failure.of(response)
    return response
  },
  onError: () => Failure.offline(),
})

/** What an operation answered. Failures are thrown before; an answer without a body is none of ours. */
export async function answer<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call
  return data as T
}
