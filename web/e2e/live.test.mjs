import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ask, at, loggedIn, world } from './browser.mjs'

/** Something new in a case: its step is tried again, which does not help. */
async function news() {
  const { incidents } = await ask(`/v1/incidents?case_id=${world.moving}`, world.operator)
  await ask(`/v1/incidents/${incidents[0].id}/resolution`, world.operator, { verb: 'retry', reason: 'a test' })
}

const newest = async (page) => Number(await page.locator('.timeline li').first().getAttribute('data-seq'))

async function grows(page, from) {
  await page.waitForFunction(
    (seq) => Number(document.querySelector('.timeline li')?.getAttribute('data-seq')) > seq,
    from,
  )
}

describe('the page of a case', () => {
  it('shows what is new without being loaded again', async (t) => {
    const page = await loggedIn(t, 'operator', { lang: 'en-GB' })
    await page.goto(at(`/cases/${world.moving}`))
    await page.locator('[data-live=live]').waitFor()
    let loads = 0
    page.on('load', () => loads++)
    const before = await newest(page)
    await news()
    await grows(page, before)
    assert.equal(loads, 0)
  })

  it('asks by itself while its stream is blocked, and says so', async (t) => {
    const page = await loggedIn(t, 'operator', { lang: 'en-GB' })
    await page.route('**/stream', (route) => route.fulfill({ status: 404, body: '' }))
    await page.goto(at(`/cases/${world.moving}`))
    await page.locator('[data-live=polling]').waitFor()
    const before = await newest(page)
    await news()
    await grows(page, before)
    await page.unroute('**/stream')
    await page.locator('[data-live=live]').waitFor()
  })
})
