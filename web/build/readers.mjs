// Which words each reader needs: those that are named in the modules which their pages are made of. Words that only staff need
// are not loaded by who looks for a class on a telephone.
import { readdir, readFile } from 'node:fs/promises'

const src = new URL('../src/', import.meta.url)

// Pages that a shared page loads for some of its readers only.
const loadedFor = { 'pages/casework/casework.tsx': 'operator' }

/** What a module imports of ours, at once or when it is needed. */
function imported(name, text) {
  const found = [...text.matchAll(/(?:from |import\()'(\.[^']+)'/g)].map(
    ([, path]) => new URL(path, new URL(name, src)),
  )
  return found.map((url) => url.pathname.slice(src.pathname.length))
}

/** The routes' modules, each with the roles that it is for; none: everybody. */
function routes(router) {
  return router.split('createRoute({').flatMap((block) => {
    const [, page] = /import\('\.\/([^']+)'\)/.exec(block) ?? []
    const [, roles] = /roles: \[([^\]]*)\]/.exec(block) ?? []
    return page ? [{ page, roles: roles?.match(/[a-z]+/g) }] : []
  })
}

const needs = {
  everybody: (roles) => !roles || roles.includes('trainee'),
  staff: (roles) => roles?.some((role) => role === 'institution' || role === 'employer'),
  operator: () => true,
}

/** Which part of the words a key of web.* is shipped in: what several readers need, in the first of theirs. */
export async function parts() {
  const modules = new Map()
  for (const entry of await readdir(src, { recursive: true, withFileTypes: true })) {
    if (!/\.tsx?$/.test(entry.name)) continue
    const name = `${entry.parentPath}/${entry.name}`.slice(src.pathname.length).replace(/^\//, '')
    modules.set(name, await readFile(new URL(name, src), 'utf8'))
  }
  const file = (name) => [name, `${name}.tsx`, `${name}.ts`].find((full) => modules.has(full))
  const entries = routes(modules.get('router.tsx'))
  const named = {}
  for (const [part, needed] of Object.entries(needs)) {
    const seen = new Set()
    const visit = (name) => {
      const full = file(name)
      if (!full || seen.has(full) || full === 'router.tsx' || (loadedFor[full] && loadedFor[full] !== part)) return
      seen.add(full)
      for (const other of imported(full, modules.get(full))) visit(other)
    }
    if (part === 'everybody') visit('main.tsx')
    for (const { page, roles } of entries) if (needed(roles)) visit(page)
    // A key, the family of a code, or the beginning of a key that a code is put behind.
    const said = [...seen].flatMap((name) => [...modules.get(name).matchAll(/\bweb\.[a-z0-9_.]+(\$\{)?/g)])
    const whole = said.filter(([, code]) => !code).map(([text]) => text)
    const begun = said.filter(([, code]) => code).map(([text]) => text.slice(0, -2))
    named[part] = { keys: new Set(whole), beginnings: [...new Set([...begun, ...whole.map((text) => `${text}.`)])] }
  }
  return {
    names: Object.keys(named),
    of: (key) =>
      Object.keys(named).find(
        (part) => named[part].keys.has(key) || named[part].beginnings.some((beginning) => key.startsWith(beginning)),
      ),
  }
}
