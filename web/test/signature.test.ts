import { describe, expect, it } from 'vitest'
import { published, sign } from '../src/pages/guide/signature'

describe('the signature that the guide computes', () => {
  it('is the one that Standard Webhooks publishes for its vector', async () => {
    expect(await sign(published)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
  })

  it('is another for a body that differs by a blank, and none for a secret that is none', async () => {
    expect(await sign({ ...published, body: '{"test":2432232314}' })).not.toBe(await sign(published))
    expect(await sign({ ...published, secret: 'not a secret!' })).toBeNull()
  })
})
