// What stands in the way of those who do not see a page, or use it by keyboard, as far as a program can tell.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Looks at a page once it is there, and has come to rest. */
export async function axeFindsNothing(page, where = page.url(), options = {}) {
  await page.locator('h1').first().waitFor({ state: 'attached' })
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
  await page.waitForFunction(() =>
    document.getAnimations().every((a) => a.playState !== 'running' || a.effect.getTiming().iterations === Infinity),
  )
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe)
  // Only what is wrong is described: saying where everything is that is right takes axe most of its time.
  const { violations } = await page.evaluate((o) => axe.run(o), { resultTypes: ['violations'], ...options })
  const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`)
  assert.deepEqual(found, [], where)
}

/** Looks at a page in light, and at its colours in dark. */
export async function axeFindsNothingInLightOrDark(page, where) {
  await axeFindsNothing(page, `${where} in light`)
  await page.emulateMedia({ colorScheme: 'dark' })
  await axeFindsNothing(page, `${where} in dark`, { runOnly: ['color-contrast', 'link-in-text-block'] })
  await page.emulateMedia({ colorScheme: 'light' })
}
