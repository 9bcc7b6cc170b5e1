// Reads a credential as somebody would who knows nothing of us: with the library jose, the issuer's DID document and the
// published status list. Input (JSON on standard input): the credential, the DID document, and lists by their addresses.
import { text } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { decodeProtectedHeader, importJWK, jwtVerify } from 'jose'

const { credential, did, lists, at } = JSON.parse(await text(process.stdin))

async function verified(jwt) {
  const { kid } = decodeProtectedHeader(jwt)
  if (!did.assertionMethod.includes(kid)) throw new Error('the key does not assert for the issuer')
  const method = did.verificationMethod.find((m) => m.id === kid)
  const key = await importJWK(method.publicKeyJwk, 'ES256')
  const { payload } = await jwtVerify(jwt, key, {
    algorithms: ['ES256'],
    issuer: did.id,
    typ: 'vc+jwt',
    currentDate: new Date(at),
  })
  const issuer = payload.issuer.id ?? payload.issuer
  if (issuer !== did.id) throw new Error('issued by another')
  return payload
}

const badge = await verified(credential)
const entry = badge.credentialStatus
const list = await verified(lists[entry.statusListCredential])
if (!list.type.includes('BitstringStatusListCredential')) throw new Error('not a status list')
if (list.credentialSubject.statusPurpose !== entry.statusPurpose) throw new Error('of another purpose')
const encoded = list.credentialSubject.encodedList
if (encoded[0] !== 'u') throw new Error('not base64url in multibase')
const bits = gunzipSync(Buffer.from(encoded.slice(1), 'base64url'))
if (bits.length * 8 < 131_072) throw new Error('too short: it tells which one is asked for')
const index = Number(entry.statusListIndex)
const set = (bits[index >> 3] >> (7 - (index & 7))) & 1
process.stdout.write(JSON.stringify({ name: badge.name, purpose: entry.statusPurpose, set: set === 1 }))
