import assert from 'node:assert/strict'
import { it } from 'node:test'
import { axeFindsNothing } from './axe.mjs'
import { at, fits, loggedIn, phone, shot, visit, world } from './browser.mjs'

it('on a phone, a trainee sees first what is now, shows a certificate by a link and ends it, and has the hours of each year', async (t) => {
  const page = await loggedIn(t, 'trainee', phone)
  await page.goto(at('/'))
  await page.locator('.now').waitFor()
  const [now, climb] = await Promise.all(['.now', '.climb'].map((part) => page.locator(part).boundingBox()))
  assert.ok(now.y < climb.y, 'what is now stands above the stages')
  await shot(page, 'follow-case-390')

  const card = page.locator('.my-certificate', { has: page.getByRole('button', { name: /^出示给他人/ }) }).first()
  for (let n = 0; n < 90 && !(await card.isVisible()); n++) {
    await page.goto(at('/my-certificates'))
    await page.locator('.note, .my-certificate').first().waitFor()
    await card.waitFor({ timeout: 2_000 }).catch(() => undefined)
  }
  await card.getByRole('button', { name: /^出示给他人/ }).click()
  await page.getByRole('heading', { name: '用链接出示证书' }).waitFor()
  await page.getByText('还没有生成过链接').waitFor()
  await page.getByRole('radio', { name: '职称申报' }).check()
  await page.getByRole('button', { name: '生成链接' }).click()
  const link = await page.getByRole('textbox', { name: '链接' }).inputValue()
  assert.ok(link.startsWith(`${world.url}/shared/`))
  await axeFindsNothing(page, 'a link that was made')
  await shot(page, 'follow-sharing-390')

  const stranger = await visit(t, { ...phone, scripts: false })
  await stranger.goto(link)
  await stranger.getByText('用于：职称申报').waitFor()
  await fits(stranger)
  await shot(stranger, 'follow-shared-390')

  await page.getByRole('button', { name: /^停用.*生成的链接/ }).click()
  await page.getByText('已停用').waitFor()
  await stranger.reload()
  await stranger.getByText('链接已失效').waitFor()
  await page.keyboard.press('Escape')

  await page.goto(at('/my-ce-hours'))
  await page.getByRole('heading', { name: '继续教育学时' }).waitFor()
  await page.locator('.ce-chart li a[aria-current]').waitFor()
  await page.getByRole('heading', { name: /年度学时证明$/ }).waitFor()
  await fits(page)
  await axeFindsNothing(page, 'CE hours of a trainee')
  await shot(page, 'follow-ce-390')
  const file = page.waitForEvent('download')
  await page.getByRole('button', { name: '下载学时证明（PDF）' }).click()
  assert.match((await file).suggestedFilename(), /^ce-statement-\d{4}\.pdf$/)
})
