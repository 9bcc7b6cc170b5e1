// A sample for institutions: receives callbacks, verifies them, and fetches the tasks that they tell of. Node.js 20, and
// nothing else.
//
//   DENGPAN_URL=https://dengpan.example.cn DENGPAN_KEY=… DENGPAN_SECRET=whsec_… PORT=9000 node receiver.mjs
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'

const { DENGPAN_URL: api, DENGPAN_KEY: key, DENGPAN_SECRET: secret = '', PORT: port = '9000' } = process.env
const shared = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
const tolerance = 5 * 60 // seconds
const seen = new Set() // the ids of events: one may come twice. Keep them in your database.

/** Whether a callback is Dengpan's, and of now. */
function genuine(headers, body) {
  const id = headers['webhook-id']
  const timestamp = headers['webhook-timestamp']
  if (!id || !(Math.abs(Date.now() / 1000 - Number(timestamp)) <= tolerance)) return false
  const made = createHmac('sha256', shared).update(`${id}.${timestamp}.`).update(body).digest()
  // During a rotation there are several signatures; one that you know is enough.
  return (headers['webhook-signature'] ?? '').split(' ').some((signature) => {
    const [version, encoded = ''] = signature.split(',')
    const sent = Buffer.from(encoded, 'base64')
    return version === 'v1' && sent.length === made.length && timingSafeEqual(sent, made)
  })
}

/** Fetches a task. If that fails for good, the task is still in the list of open tasks: read that once a day. */
async function take(id) {
  const answer = await fetch(`${api}/v1/tasks/${encodeURIComponent(id)}`, { headers: { Authorization: `Bearer ${key}` } })
  if (!answer.ok) throw new Error(`a task was not given: ${answer.status}`)
  const task = await answer.json()
  console.log(`task ${task.kind} ${task.id} due ${task.due_at.slice(0, 10)}`)
}

const server = createServer(async (request, response) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  if (request.method !== 'POST' || !genuine(request.headers, body)) {
    response.writeHead(401).end()
    return
  }
  response.writeHead(204).end() // at once; the work comes after
  const event = JSON.parse(body.toString())
  if (seen.has(event.id) || event.type !== 'task.issued' || event.data.example) return
  seen.add(event.id)
  take(event.data.task_id).catch((error) => console.error(error.message))
})
server.listen(Number(port), '127.0.0.1', () => console.log(`listening on 127.0.0.1:${server.address().port}`))
