// Generates what the application takes over from the product: the types of the interface, from its description, and
// the words it shows, from the one catalogue of messages. Neither is committed, so neither can be out of date.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import openapi, { astToString } from 'openapi-typescript'
import { parse } from 'yaml'
import { parts } from './readers.mjs'

const root = new URL('../../', import.meta.url)
const generated = new URL('../src/generated/', import.meta.url)
const description = process.env.DENGPAN_OPENAPI ?? fileURLToPath(new URL('.dengpan/openapi.json', root))

// The families of the catalogue that pages name codes by; whatever else they show, the interface says.
const shipped = [
  /^web\.(?!not_built\.)/,
  /^(stage|status|outcome|queue|district|channel|class_state|class_mode|intake_state|intake_row|intake_mode|level|task_kind|task_state|evidence_kind|certificate|certificate_reason|rejection|letter\.reason|verb|act_verb|approval_state|role|batch\.state|batch\.item|workbook\.outcome|check\.purpose)\./,
  /^(category|degree|basis|mover|repair|severity|inspection_state|institution_status|misconduct_act|part|misconduct_state|misconduct_how|delivery_error|duty|id_type|merge_state|share_purpose)\./,
  /^class_(study|delivery|enrolment)\./,
  /^(petition_(kind|state|topic|handler)|claim_state)\./,
  /^(sitting_state|door_outcome|door_ground)\./,
  /^registration\.taken_up$/,
  // What is wrong with a number or a name, told as it is typed.
  /^field\.id_(length|legacy|characters|date|check_digit)$/,
  // What repairs do; what other suggestions would do comes with each.
  /^suggestion\.[a-z_]+$/,
  // What incidents are called; what they mean comes with each.
  /^cause\.[a-z_]+\.title$/,
  // What an identity provider's answer can come back with: only its code stands in the address.
  /^problem\.(oidc_[a-z]+|identity_[a-z]+|account_closed|invitation_invalid|unauthenticated|unavailable|internal)\./,
]

/** Every message by its dotted key. */
function flat(node, path = '') {
  if (typeof node !== 'object') return { [path]: String(node) }
  return Object.assign({}, ...Object.entries(node).map(([key, value]) => flat(value, path ? `${path}.${key}` : key)))
}

const catalogue = async (lang) => flat(parse(await readFile(new URL(`message/${lang}.yaml`, root), 'utf8')))

// In every language in the order of the first, which is that of the programme: pages list the codes of a family by it.
const order = new Map(Object.keys(await catalogue('zh')).map((key, n) => [key, n]))

// Words that are not of the pages are everybody's, and so is one that no page names: the tests find it.
const shares = await parts()
const partOf = (key) => (key.startsWith('web.') && shares.of(key)) || 'everybody'

/** The words of a language, by the part in which they are shipped. */
async function words(lang) {
  const picked = Object.entries(await catalogue(lang)).filter(([key]) => shipped.some((family) => family.test(key)))
  picked.sort(([a], [b]) => (order.get(a) ?? order.size) - (order.get(b) ?? order.size))
  return shares.names.map((part) => [
    part,
    `${JSON.stringify(Object.fromEntries(picked.filter(([key]) => partOf(key) === part)), null, 1)}\n`,
  ])
}

/** Writes what changed, so that nothing is built again for nothing. */
async function put(name, content) {
  const file = new URL(name, generated)
  const before = await readFile(file, 'utf8').catch(() => '')
  if (before !== content) await writeFile(file, content)
}

await mkdir(generated, { recursive: true })
for (const lang of ['zh', 'en']) {
  for (const [part, content] of await words(lang)) await put(`${lang}.${part}.json`, content)
}
const schema = JSON.parse(await readFile(description, 'utf8'))
await put('schema.d.ts', astToString(await openapi(schema, { alphabetize: true })))
