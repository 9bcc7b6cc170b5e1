import { it } from 'node:test'
import { axeFindsNothing, axeFindsNothingInLightOrDark } from './axe.mjs'
import { at, loggedIn, makes, visit, world } from './browser.mjs'

/**
 * Every page there is, with who sees it, what shows that it is there, and what does so once its first row is opened. Rows that
 * other stories could take away meanwhile are looked at by what was made for this one, which a path is put together from.
 */
const pages = [
  [null, '/', '.front'],
  [null, '/class-calendar', '.offered-card'],
  [null, '/policy-questions#exam-mark', '.question[open]'],
  [null, '/curriculum', '#senior'],
  [null, '/find-institutions', 'main .sheet'],
  [null, '/login', 'form'],
  [null, (made) => made.link, 'form'],
  ['trainee', '/security', '#sessions'],
  [null, '/join', 'form'],
  [null, '/sign-up', 'form'],
  ['trainee', '/my-registration', '.sheet'],
  ['trainee', '/my-certificates', '.note, .my-certificate'],
  ['trainee', '/my-messages', '.message'],
  ['trainee', '/my-reach', '#photo'],
  ['trainee', '/my-requests', '.note, .request'],
  ['trainee', '/my-requests?request=new', '.aside form'],
  ['operator', `/cases/${world.stuck}`, '.timeline li'],
  ['institution', '/tasks', '.listing'],
  ['institution', '/tasks', '.listing', '.aside .facts'],
  ['operator', '/overview', '.bars, .note'],
  ['operator', '/queues', '.queue'],
  ['operator', '/cases', '.listing'],
  ['operator', '/cases?filter=burnt:yes', '.builder mark'],
  ['operator', '/incidents', '.cause'],
  ['operator', `/incidents?incident=${world.kept}`, '#resolve'],
  ['administrator', '/accounts', '.listing'],
  ['administrator', '/accounts?state=active&role=operator', '.listing', '.aside form'],
  ['institution', '/accounts', '.listing'],
  ['institution', '/workbooks', '.book-drop'],
  ['institution', '/invitations', '.listing'],
  ['institution', (made) => `/invitations?state=open&invitation=${made.invitation}`, '.aside form'],
  ['administrator', '/invitations?invitation=new', '.aside form'],
  ['institution', '/api-keys', '.listing'],
  ['institution', (made) => `/api-keys?state=active&key=${made.key}`, '.aside form'],
  ['administrator', '/api-keys?key=new', '.aside form'],
  ['operator', '/certificates', '.note, .listing'],
  ['operator', '/issuing', '.note, .listing'],
  ['institution', '/issuing?profile=new', '.aside form'],
  ['operator', '/checks', 'textarea'],
  ['operator', '/channels', '#beijing_ce'],
  ['operator', '/message-templates', '#standing'],
  ['operator', '/audit', '[data-action]'],
  ['operator', '/policy', '[data-version]'],
  ['operator', '/certificate-revocations', '#ask'],
  ['operator', '/certificate-reliance', '.note, .listing'],
  ['operator', '/ce-years', 'table, .note'],
  ['institution', '/duties', '#declared'],
  ['desk', '/tasks?state=open', '.listing', '.aside form'],
  ['desk', '/endpoint', '#secrets'],
  ['desk', '/guide', '#callbacks'],
  ['operator', '/groups', '.group'],
  ['operator', '/batches', '.note, .listing'],
  ['operator', '/endpoints', '.listing', '#turning'],
  ['operator', '/deliveries', '.listing', '.aside .code'],
  ['operator', '/approvals', '.note, .listing'],
  ['operator', '/merges?merge=new', '.aside form'],
  ['operator', '/claims', '.note, .listing'],
  ['operator', '/deadlines?of=case', '.note, .listing'],
  ['operator', '/institutions', '.listing'],
  ['operator', '/institutions/ouc?do=suspend', '.aside #effects'],
  ['operator', '/institutions/ouc?do=spread', '#spreading p strong, #spreading .quiet'],
  ['operator', '/inspections?inspection=new', '.aside form'],
  ['institution', '/inspections', '.note, .listing'],
  ['institution', '/capacity', 'table'],
  ['operator', '/dead-letters', '.note, .listing'],
  ['operator', '/misconduct', '.note, .listing'],
  ['operator', '/requests', '.note, .listing'],
  ['institution', '/misconduct?misconduct=new', '.aside form'],
  ['institution', '/sittings', '.note, .listing'],
  ['institution', '/sittings?sitting=new', '.aside form'],
  ['operator', '/allowed-hosts?host=new', '.aside form'],
  ['institution', '/notices?notice=mailboxes', '.aside form'],
  ['operator', '/notices', '.note, .listing'],
  ['employer', '/staff', '#sponsored'],
  ['employer', '/intakes', '.note, .listing'],
  ['operator', '/employers', '.note, .listing'],
  ['operator', '/employers?employer=new', '.aside form'],
  ['operator', '/intakes', '.note, .listing'],
  ['operator', '/nowhere', '.note'],
]

let made

/** Makes what the demonstration does not have: an invitation with its link, and a key. */
async function prepare(t) {
  const { id: key } = await makes(t, 'api-keys', { label: `axe ${Date.now()}`, scopes: ['read'] })
  const { id: invitation, link } = await makes(t, 'invitations', { role: 'institution', label: 'nobody' })
  return { key, invitation, link: new URL(link, world.url).href }
}

/** Has a page speak its other language, whatever lies over the switch for that just now, and says which; if it has one. */
async function speaks(page) {
  const other = page.locator('header button.tool[lang]')
  if ((await other.count()) === 0) return
  const lang = await other.getAttribute('lang')
  await other.evaluate((button) => button.click())
  await page.locator(`html[lang=${lang}]`).waitFor({ state: 'attached' })
  return lang
}

// A reader's pages are visited one after another in one browser's window, as a reader does; each comes in the language that the
// one before it was left in. The colours of the dark theme are the only thing that it changes, so what axe says of colours is
// asked again; and the language is nothing to colours, so those are asked in one.
for (const role of new Set(pages.map(([r]) => r))) {
  it(`pages of ${role ?? 'nobody'} have nothing that axe finds, in either language and theme`, async (t) => {
    made ??= await prepare(t)
    const page = role ? await loggedIn(t, role) : await visit(t)
    for (const [, where, sign, opened] of pages.filter(([r]) => r === role)) {
      const path = typeof where === 'function' ? where(made) : where
      await page.goto(path.startsWith('/') ? at(path) : path)
      await page.locator(sign).first().waitFor()
      if (opened) {
        await page.locator('a.opener').first().click()
        await page.locator(opened).first().waitFor()
      }
      await axeFindsNothingInLightOrDark(page, path)
      const lang = await speaks(page)
      if (!lang) continue
      await page
        .locator(opened ?? sign)
        .first()
        .waitFor()
      await axeFindsNothing(page, `${path} in ${lang}`, { rules: { 'color-contrast': { enabled: false } } })
    }
  })
}
