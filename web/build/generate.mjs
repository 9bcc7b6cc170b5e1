// Generates what the application takes over from the product: the types of the interface, from its description, and
// the words it shows, from the one catalogue of messages. Neither is committed, so neither can be out of date.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import openapi, { astToString } from 'openapi-typescript'
import { parse } from 'yaml'

const root = new URL('../../', import.meta.url)
const generated = new URL('../src/generated/', import.meta.url)
const description = process.env.DENGPAN_OPENAPI ?? fileURLToPath(new URL('.dengpan/openapi.json', root))

// The families of the catalogue that pages name codes by; whatever else they show, the interface says.
const shipped = [
  /^web\.(?!not_built\.)/,
  /^(stage|channel|class_state|level|task_kind|task_state|evidence_kind|certificate|certificate_reason|rejection|letter\.reason|verb|role|workbook\.outcome|check\.purpose)\./,
  // What an identity provider's answer can come back with: only its code stands in the address.
  /^problem\.(oidc_[a-z]+|identity_[a-z]+|account_closed|invitation_invalid|unauthenticated|unavailable|internal)\./,
]

/** Every message by its dotted key. */
function flat(node, path = '') {
  if (typeof node !== 'object') return { [path]: String(node) }
  return Object.assign({}, ...Object.entries(node).map(([key, value]) => flat(value, path ? `${path}.${key}` : key)))
}

async function words(lang) {
  const all = flat(parse(await readFile(new URL(`message/${lang}.yaml`, root), 'utf8')))
  const picked = Object.entries(all).filter(([key]) => shipped.some((family) => family.test(key)))
  return `${JSON.stringify(Object.fromEntries(picked.sort()), null, 1)}\n`
}

/** Writes what changed, so that nothing is built again for nothing. */
async function put(name, content) {
  const file = new URL(name, generated)
  const before = await readFile(file, 'utf8').catch(() => '')
  if (before !== content) await writeFile(file, content)
}

await mkdir(generated, { recursive: true })
for (const lang of ['zh', 'en']) await put(`${lang}.json`, await words(lang))
const schema = JSON.parse(await readFile(description, 'utf8'))
await put('schema.d.ts', astToString(await openapi(schema, { alphabetize: true })))
