// How a callback is signed, as Standard Webhooks 1.0 has it: for the guide to compute before the reader's eyes.

export interface Signed {
  secret: string
  id: string
  timestamp: string
  body: string
}

/** The vector that Standard Webhooks publishes. */
export const published: Signed = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: '1614265330',
  body: '{"test": 2432232314}',
}

const bytes = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0))

/** What the header webhook-signature says; null for a secret that is none, or where a page may not compute it. */
export async function sign({ secret, id, timestamp, body }: Signed): Promise<string | null> {
  if (!globalThis.crypto?.subtle) return null // browsers keep it from pages that came without TLS
  try {
    const key = bytes(atob(secret.trim().replace(/^whsec_/, '')))
    const hmac = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    const mac = await crypto.subtle.sign('HMAC', hmac, new TextEncoder().encode(`${id}.${timestamp}.${body}`))
    return `v1,${btoa(String.fromCharCode(...new Uint8Array(mac)))}`
  } catch {
    return null
  }
}
