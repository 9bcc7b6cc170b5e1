import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'
import { at, loggedIn, visit, world } from './browser.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Every page there is, with who sees it and what shows that it is there. */
const pages = [
  [null, '/login', 'form'],
  ['trainee', '/security', '#sessions'],
  ['operator', `/cases/${world.stuck}`, '.timeline li'],
  ['institution', '/tasks', '.listing'],
  ['institution', 'a task', '.aside .facts'],
  ['operator', '/incidents', '.cause'],
  ['operator', `/incidents?incident=${world.kept}`, '#resolve'],
  ['administrator', '/accounts', '.listing'],
  ['administrator', 'an account', '.aside form'],
  ['operator', '/nowhere', '.note'],
]

for (const lang of ['zh-CN', 'en-GB']) {
  for (const scheme of ['light', 'dark']) {
    describe(`in ${lang} and ${scheme}`, () => {
      for (const [role, path, sign] of pages) {
        it(`${path.replace(/[0-9a-f-]{36}/, '…')} has nothing that axe finds`, async (t) => {
          const options = { lang, scheme }
          const page = role ? await loggedIn(t, role, options) : await visit(t, options)
          if (path.startsWith('/')) await page.goto(at(path))
          else await page.locator('a.opener').first().click()
          await page.locator(sign).first().waitFor()
          await page.waitForFunction(() =>
            document
              .getAnimations()
              .every((a) => a.playState !== 'running' || a.effect.getTiming().iterations === Infinity),
          )
          await page.evaluate(axe)
          const { violations } = await page.evaluate(() => axe.run())
          const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`)
          assert.deepEqual(found, [])
        })
      }
    })
  }
}
