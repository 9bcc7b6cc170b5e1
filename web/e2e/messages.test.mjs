import assert from 'node:assert/strict'
import { it } from 'node:test'
import { at, loggedIn } from './browser.mjs'

const phone = { width: 390, height: 844 }

it('a trainee reads on a phone what they are told, goes where it is done, and says how they can be reached', async (t) => {
  const page = await loggedIn(t, 'trainee', phone)
  await page.getByRole('link', { name: /^消息，\d+条未读$/ }).click()
  await page.getByRole('heading', { name: '消息' }).waitFor()
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
  assert.equal(wide, false, 'nothing is wider than the phone')
  const fresh = page.locator('.message.fresh')
  await fresh.first().waitFor()
  await page.getByRole('button', { name: /^全部标为已读/ }).click()
  await page.getByRole('link', { name: '消息，0条未读' }).waitFor()
  await page.getByRole('link', { name: '未读（0）' }).click()
  await page.getByRole('heading', { name: '没有未读消息' }).waitFor()
  await page.getByRole('link', { name: '全部', exact: true }).click()
  await page.locator('.message').getByRole('link').first().click()
  await page.waitForURL(/\/(cases\/[0-9a-f-]{36}|my-certificates|my-reach)$/)

  await page.goto(at('/my-reach'))
  const photo = page.getByRole('img', { name: '一寸照片' })
  await photo.waitFor()
  assert.ok(await photo.evaluate((image) => image.decode().then(() => image.naturalWidth > 0)))
  await page.getByRole('textbox', { name: '邮箱' }).fill('nobody')
  await page.getByRole('button', { name: '保存联系方式' }).click()
  await page.locator('.ant-form-item-explain-error').waitFor()
  await page.getByRole('textbox', { name: '邮箱' }).fill('reach@demo.example')
  await page.getByRole('button', { name: '保存联系方式' }).click()
  await page.getByText('现在：r***@demo.example').waitFor()
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false)
})
