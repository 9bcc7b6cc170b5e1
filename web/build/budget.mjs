// Fails when what a first visit has to load is too much: the log-in page, and for each role its first page. Counted is
// compressed JavaScript, the entry and the page's own pieces with all that they import, and the words of one language.
import { readFile, stat } from 'node:fs/promises'

const budget = 300_000
// Who only wants to know something waits less, on a telephone and with what reception there is.
const publicBudget = 200_000
const built = new URL('../dist/app/', import.meta.url)
const manifest = JSON.parse(await readFile(new URL('.vite/manifest.json', built), 'utf8'))

const always = ['index.html', 'src/words/zh.ts']
const work = ['src/generated/zh.staff.json', 'src/generated/zh.operator.json']
const first = {
  'front page': ['src/shell/outside.tsx', 'src/pages/front/front.tsx'],
  'log-in': ['src/pages/login/login.tsx'],
  trainee: ['src/shell/frame.tsx', 'src/pages/case/case.tsx'],
  institution: [
    'src/generated/zh.staff.json',
    'src/shell/frame.tsx',
    'src/pages/tasks/tasks.tsx',
    'src/pages/tasks/detail.tsx',
  ],
  operator: [...work, 'src/shell/frame.tsx', 'src/pages/overview/overview.tsx'],
  'operator, to work': [...work, 'src/shell/frame.tsx', 'src/pages/cases/queues.tsx'],
  administrator: [...work, 'src/shell/frame.tsx', 'src/pages/accounts/accounts.tsx'],
}

/** The files of a module and of all that it imports before it can run. */
function files(name, into = new Set()) {
  const chunk = manifest[name]
  if (!chunk) throw new Error(`budget: nothing was built from ${name}`)
  if (into.has(chunk.file)) return into
  into.add(chunk.file)
  for (const other of chunk.imports ?? []) files(other, into)
  return into
}

let over = false
for (const [page, modules] of Object.entries(first)) {
  const loaded = new Set()
  for (const name of [...always, ...modules]) files(name, loaded)
  let bytes = 0
  for (const file of loaded) if (file.endsWith('.js')) bytes += (await stat(new URL(`${file}.br`, built))).size
  const limit = modules.includes('src/shell/outside.tsx') ? publicBudget : budget
  over ||= bytes > limit
  console.log(`first load of ${page}: ${(bytes / 1000).toFixed(1)} kB of ${limit / 1000} kB`)
}
if (over) {
  console.error('budget: a first load is over its limit')
  process.exit(1)
}
