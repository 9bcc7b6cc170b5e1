import { describe, expect, it } from 'vitest'
import { Failure, passing } from '../src/api/failure'

const answered = (status: number, body: string, headers: Record<string, string> = {}) =>
  Failure.of(new Response(body, { status, headers }))

describe('a failure', () => {
  it("has the server's words, its fields, and the request that can be asked about", async () => {
    const failure = await answered(
      422,
      JSON.stringify({
        code: 'validation_failed',
        title: 'T',
        detail: 'D',
        errors: [{ field: 'reason', message: 'M' }],
      }),
      { 'X-Request-ID': 'abc12345' },
    )
    expect(failure).toMatchObject({ code: 'validation_failed', title: 'T', detail: 'D', request: 'abc12345' })
    expect(failure.field('reason')).toBe('M')
    expect(failure.field('days')).toBeUndefined()
  })

  it('of something before the server says that it is unreadable', async () => {
    expect(await answered(502, '<html>')).toMatchObject({ code: 'unreadable', status: 502 })
  })

  it('passes, or does not', async () => {
    expect(passing(Failure.offline())).toBe(true)
    expect(passing(await answered(503, '{}'))).toBe(true)
    expect(passing(await answered(429, '{}', { 'Retry-After': '7' }))).toBe(true)
    expect(passing(await answered(404, '{}'))).toBe(false)
    expect(passing(new Error('a defect'))).toBe(false)
  })
})
