import { describe, it } from 'node:test'
import { axeFindsNothing } from './axe.mjs'
import { at, loggedIn, makes, visit, world } from './browser.mjs'

/** Every page there is, with who sees it, what shows that it is there, and what does so once its first row is opened. */
const pages = [
  [null, '/login', 'form'],
  [null, 'an invitation', 'form'],
  ['trainee', '/security', '#sessions'],
  ['operator', `/cases/${world.stuck}`, '.timeline li'],
  ['institution', '/tasks', '.listing'],
  ['institution', '/tasks', '.listing', '.aside .facts'],
  ['operator', '/incidents', '.cause'],
  ['operator', `/incidents?incident=${world.kept}`, '#resolve'],
  ['administrator', '/accounts', '.listing'],
  ['administrator', '/accounts?state=active', '.listing', '.aside form'],
  ['institution', '/accounts', '.listing'],
  ['institution', '/invitations', '.listing'],
  ['institution', '/invitations?state=open', '.listing', '.aside form'],
  ['administrator', '/invitations?invitation=new', '.aside form'],
  ['institution', '/api-keys', '.listing'],
  ['institution', '/api-keys?state=active', '.listing', '.aside form'],
  ['administrator', '/api-keys?key=new', '.aside form'],
  ['operator', '/nowhere', '.note'],
]

let link

/** Makes what the demonstration does not have: an invitation, to whose link this leads, and a key. */
async function prepare(t) {
  await makes(t, 'api-keys', { label: `axe ${Date.now()}`, scopes: ['read'] })
  const invitation = await makes(t, 'invitations', { role: 'institution', label: 'nobody' })
  return new URL(invitation.link, world.url).href
}

for (const lang of ['zh-CN', 'en-GB']) {
  for (const scheme of ['light', 'dark']) {
    describe(`in ${lang} and ${scheme}`, () => {
      for (const [role, path, sign, opened] of pages) {
        it(`${path.replace(/[0-9a-f-]{36}/, '…')} ${opened ? 'with a row open ' : ''}has nothing that axe finds`, async (t) => {
          const options = { lang, scheme }
          const page = role ? await loggedIn(t, role, options) : await visit(t, options)
          link ??= await prepare(t)
          await page.goto(path.startsWith('/') ? at(path) : link)
          await page.locator(sign).first().waitFor()
          if (opened) {
            await page.locator('a.opener').first().click()
            await page.locator(opened).first().waitFor()
          }
          await axeFindsNothing(page)
        })
      }
    })
  }
}
