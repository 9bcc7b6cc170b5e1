// One operator, two troubles: a thousand cases behind an endpoint that is dead, and two hundred of a session that was marked
// wrongly. The world is made by devstack/integration; it is not that of the other tests.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { axeFindsNothing } from '../axe.mjs'
import { logsIn, world } from '../browser.mjs'

const longest = 480_000

/** A person's clicks, which are counted; what is typed goes to where the focus is. */
function hand(page) {
  let clicks = 0
  return {
    click: async (locator) => {
      await locator.click()
      clicks++
    },
    begins: () => {
      clicks = 0
    },
    did: (what) => {
      assert.ok(clicks <= 6, `${what} took ${clicks} clicks`)
      return clicks
    },
    types: async (...texts) => {
      for (const [i, text] of texts.entries()) {
        if (i > 0) await page.keyboard.press('Tab')
        await page.keyboard.type(text)
      }
    },
  }
}

/** Finds a group and claims it, and opens what can be done to all of it. */
async function takes(page, by, group, cases) {
  await by.click(page.locator('nav.places').getByRole('link', { name: '办理', exact: true }))
  await by.click(page.getByRole('link', { name: '成批办理', exact: true }))
  const one = page.getByRole('article', { name: group })
  await one.getByText(String(cases), { exact: true }).waitFor()
  await by.click(one.getByRole('button', { name: '认领', exact: true }))
  await one.getByText(`已认领 ${cases}/${cases} 件，其中本人 ${cases} 件`).waitFor()
  await by.click(one.getByRole('button', { name: '成批办理' }))
  const dialog = page.getByRole('dialog')
  await dialog.getByText(`共 ${cases} 件`).waitFor()
  await axeFindsNothing(page, `what can be done to ${group}`)
  return dialog
}

/** Waits for the end of the batch, and looks at those that are stuck again. */
async function confirms(page, by, { cleared, again, cause }) {
  await page.getByText('已结束，共核对').waitFor({ timeout: longest })
  await page.getByRole('link', { name: `${cleared} 已脱离卡点` }).waitFor()
  await by.click(page.getByRole('link', { name: `${again} 又卡住` }))
  await page.getByText(`共${again}条`).waitFor()
  await axeFindsNothing(page, 'a batch')
  const rows = page.getByRole('table').getByRole('row').filter({ hasText: '又卡住' })
  await rows.first().waitFor()
  assert.ok((await rows.count()) > 0 && (await rows.filter({ hasText: cause }).count()) === (await rows.count()))
}

it('one person finds, claims, repairs and confirms both in six clicks each, and is told the truth of each case', async (t) => {
  const page = await logsIn(t, 'operator')
  const by = hand(page)
  const home = page.url()

  let dialog = await takes(page, by, /回调地址不接收/, world.behind)
  await by.types('国家开放大学换址', '机构来电告知新址', world.endpoint)
  await by.click(dialog.getByRole('button', { name: `恢复投递（${world.behind} 件）` }))
  await page.waitForURL(/\/batches\/[0-9a-f-]{36}$/)
  await fetch(`${world.simulator}/control/scripts`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ institution_id: 'ouc', behaviour: 'normal' }),
  })
  await confirms(page, by, { cleared: world.behind - world.again, again: world.again, cause: '机构名额已满' })
  by.did('the endpoint')

  await page.goto(home)
  by.begins()
  dialog = await takes(page, by, /社会化评价/, world.failed)
  await by.types('成绩更正后重评', '评价机构已更正该场成绩')
  await by.click(dialog.getByRole('button', { name: `重新办理（${world.failed} 件）` }))
  await page.waitForURL(/\/batches\/[0-9a-f-]{36}$/)
  await confirms(page, by, { cleared: world.failed - world.again, again: world.again, cause: '评价' })
  by.did('the scores')
})
