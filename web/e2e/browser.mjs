// What the tests in a browser share: the browser, the people of the demonstration, and what no page may do.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after } from 'node:test'
import { chromium } from 'playwright-core'

/** Where the application runs, who may log in, and what was prepared: written by the test that starts all this. */
export const world = JSON.parse(readFileSync(process.env.DENGPAN_WORLD, 'utf8'))

const browser = await chromium.launch({
  executablePath: world.chromium,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
})
after(() => browser.close())

/**
 * Who logs in: somebody of a role, staff of the institution that nobody else answers for, an examiner of the trainee, the trainee
 * whose evaluation is left to examiners, the one whom the register of persons does not know, one whose other sessions are ended,
 * or a district's operator.
 */
export const person = (role) => {
  if (role === 'desk') return world.desk
  if (['seated', 'unknown', 'elsewhere'].includes(role)) return world[role]
  if (role.startsWith('examiner')) return world.examiners.find((l) => l.login === role)
  const found = world.logins.find((l) => (role === 'district' ? l.district : l.role === role && !l.district))
  assert.ok(found, `the demonstration has a log-in of ${role}`)
  return found
}

// A browser says so itself when the interface refuses something, which tests do on purpose.
const refusal = /Failed to load resource: the server responded with a status of 4\d\d/

/** A page of a reader of their own. When the test is over, nothing may have gone wrong in it. */
export async function visit(
  t,
  { lang = 'zh-CN', scheme = 'light', width = 1280, height = 860, known, also = [], scripts = true } = {},
) {
  const context = await browser.newContext({
    locale: lang,
    colorScheme: scheme,
    viewport: { width, height },
    javaScriptEnabled: scripts,
    // Who sits at a desk asked for less motion, which is less to draw, too; on a phone everything moves.
    reducedMotion: width < 600 ? 'no-preference' : 'reduce',
    ...(known ? { storageState: known } : {}),
  })
  const page = await context.newPage()
  page.setDefaultTimeout(60_000) // a machine that does other things stands still for a quarter of it
  const wrong = []
  page.on('console', (m) => {
    if (m.type() === 'error' && !refusal.test(m.text())) wrong.push(`console: ${m.text()}`)
  })
  page.on('pageerror', (e) => wrong.push(`error: ${e.message}`))
  page.on('request', (r) => {
    if (![world.url, ...also].some((host) => r.url().startsWith(`${host}/`)))
      wrong.push(`asked another host: ${r.url()}`)
  })
  await context.exposeFunction('violated', (what) => wrong.push(`content policy: ${what}`))
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (e) => violated(`${e.violatedDirective} ${e.blockedURI}`))
  })
  t.after(async () => {
    await context.close()
    assert.deepEqual(wrong, [])
  })
  return page
}

/** Keeps a picture of the whole page for who wants to look at it: DENGPAN_SHOTS names the folder. */
export const shot = (page, name) =>
  process.env.DENGPAN_SHOTS && page.screenshot({ path: `${process.env.DENGPAN_SHOTS}/${name}.png`, fullPage: true })

/** What a phone shows. */
export const phone = { width: 390, height: 844 }

/** Nothing of a page lies beside the window. */
export async function fits(page, where = page.url()) {
  const across = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  assert.ok(across <= 0, `${where}: ${across} px too wide`)
}

/** Chooses one of a field's options. */
export async function choose(within, field, option) {
  await within.getByRole('combobox', { name: field }).first().click()
  await within.locator('.ant-select-dropdown:visible .ant-select-item-option', { hasText: option }).first().click()
}

/** Gives the reason that a form asks for: of those that are shown, for a page has other forms folded away. */
export const saysWhy = (within, reason) => within.getByLabel('理由').filter({ visible: true }).first().fill(reason)

/** Waits until so many of something are there, and no more. */
export async function counts(found, n, promise = `${n} of ${found}`) {
  try {
    if (n > 0) await found.nth(n - 1).waitFor({ state: 'attached' })
    await found.nth(n).waitFor({ state: 'detached' })
  } catch (e) {
    throw new Error(`${promise}: there are ${await found.count()}`, { cause: e })
  }
}

export const at = (path) => `${world.url}/app${path}`

/** Fills the log-in form in, and sends it. */
export async function enter(page, { login, password }) {
  await page.locator('input[autocomplete=username]').fill(login)
  await page.locator('input[autocomplete=current-password]').fill(password)
  await page.locator('button[type=submit]').click()
}

/** A page of somebody who logs in, at the first page of their role. */
export async function logsIn(t, role, options) {
  const page = await visit(t, options)
  await page.goto(at('/login'))
  await enter(page, person(role))
  await page.locator('header.bar').waitFor()
  return page
}

/** A page, still empty, of somebody who logged in before, in this story or another: most are not about that. */
export async function loggedIn(t, role, options) {
  const kept = join(dirname(process.env.DENGPAN_WORLD), `session-of-${role}.json`)
  if (!existsSync(kept)) {
    const page = await logsIn(t, role)
    const { cookies } = await page.context().storageState({ indexedDB: false })
    const whole = `${kept}.${process.pid}` // stories are told beside one another
    writeFileSync(whole, JSON.stringify({ cookies, origins: [] })) // what the reader chose is not taken over
    renameSync(whole, kept)
  }
  return visit(t, { ...options, known: kept })
}

/** Asks the interface beside the page, as a machine does. */
export async function ask(path, token, body) {
  const response = await fetch(world.url + path, {
    method: body ? 'POST' : 'GET',
    headers: { Authorization: `Bearer ${token}`, ...(body ? { 'Content-Type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  assert.ok(response.ok, `${path}: ${response.status}`)
  return response.json()
}

/** What staff of an institution make beside the page: an invitation, a key. */
export async function makes(t, what, body) {
  const page = await loggedIn(t, 'institution')
  const answer = await page.request.post(`${world.url}/v1/${what}`, { data: body })
  assert.ok(answer.ok(), `${what}: ${answer.status()}`)
  return answer.json()
}
