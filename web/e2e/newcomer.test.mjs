import assert from 'node:assert/strict'
import { it } from 'node:test'
import { axeFindsNothing } from './axe.mjs'
import { at, fits, phone, shot, visit, world } from './browser.mjs'
import { asksWhether, consents, next, saved } from './newcomers.mjs'
import { numbered } from './numbers.mjs'

/** A page of the way: nothing is wider than the phone, and axe finds nothing. */
async function looked(page, name) {
  await fits(page, name)
  await axeFindsNothing(page, name)
  await shot(page, `newcomer-${name}`)
}

/** Waits, without a reload, until the case's page shows that a stage is done. */
const done = (page, stage) => page.locator('.camp.done', { hasText: stage }).waitFor({ timeout: 300_000 })

it('somebody new comes from the front page to a certificate and shows it by a link, on a phone and without a word of help', async (t) => {
  const page = await visit(t, phone)
  await page.goto(at('/'))
  await page.locator('main').getByRole('link', { name: '能不能报' }).click()
  await page.getByRole('heading', { level: 1, name: '能不能报' }).waitFor()
  await asksWhether(page, '智能制造')
  await page.locator('[data-outcome=met]').nth(2).waitFor()

  await page.getByRole('link', { name: '看能报的班' }).click()
  // Of several of a kind, the last is yet to begin.
  await page.getByRole('link', { name: '智能制造初级周末班' }).last().click()
  await page.getByText('开班前退出').waitFor()
  await looked(page, 'class')
  await page.getByRole('link', { name: '报名' }).click()
  await page.getByRole('link', { name: '注册学员账号' }).click()
  // The page before has a field of the same name.
  await page.getByRole('heading', { name: '注册学员账号' }).waitFor()
  await page.getByLabel('登录名').fill(`first${Date.now()}`)
  await page.getByLabel('密码', { exact: true }).fill('小舟从此逝，江海寄余生。')
  await page.getByRole('checkbox').check()
  await page.getByRole('button', { name: '注册并登录' }).click()

  // What was told before there was an account is not asked again, and the class has a place for them.
  await page.getByRole('heading', { level: 1, name: '我的情况' }).waitFor()
  assert.equal(await page.getByLabel('毕业日期').inputValue(), '2012-07-01')
  await next(page)
  await page.getByText(/名额保留到/).waitFor()
  await page.locator('section[aria-labelledby=evaluation_body] input:enabled').first().check()
  await next(page)
  await page.getByLabel('姓名').fill('初来者')
  await page.getByLabel('证件号码').fill(numbered(Date.now()))
  await next(page)
  await page.locator('input[type=file]').first().setInputFiles(world.photo)
  await page.getByText('照片合格').waitFor()
  await looked(page, 'photo')
  await next(page)
  await page.getByLabel('邮箱').fill('first@demo.example')
  await next(page)
  await consents(page)
  await next(page)
  await saved(page)
  await page.getByText('智能制造初级周末班').waitFor()
  await looked(page, 'review')
  await page.getByRole('button', { name: '提交报名' }).click()
  await page.waitForURL(/\/cases\/[0-9a-f-]{36}$/)

  await page.locator('[data-live=live]').waitFor()
  await done(page, '报名登记')
  await looked(page, 'training')
  for (const stage of ['规范化培训', '结业考核', '社会化评价', '等级证书']) await done(page, stage)
  await looked(page, 'certified')
  const calendar = await page.request.get(await page.getByRole('link', { name: '加入日历' }).evaluate((a) => a.href))
  assert.match(calendar.headers()['content-type'], /^text\/calendar/)
  assert.match(await calendar.text(), /^BEGIN:VCALENDAR\r\n.*BEGIN:VEVENT\r\n/s)

  await page.getByRole('link', { name: '我的证书' }).click()
  const card = page.locator('.my-certificate', { hasText: '专业技术等级证书' })
  await card.getByRole('button', { name: /^出示给他人/ }).click()
  await page.getByRole('button', { name: '生成链接' }).click()
  const link = await page.getByRole('textbox', { name: '链接' }).inputValue()
  await looked(page, 'sharing')
  await page.keyboard.press('Escape')
  await looked(page, 'certificates')
  const stranger = await visit(t, { ...phone, scripts: false })
  await stranger.goto(link)
  await stranger.getByText('专业技术等级证书').first().waitFor()
  await shot(stranger, 'newcomer-shared')
})
