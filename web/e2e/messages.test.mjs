import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { at, fits, loggedIn, phone, world } from './browser.mjs'

it('a trainee reads on a phone what they are told, goes where it is done, and says how they can be reached', async (t) => {
  const page = await loggedIn(t, 'trainee', phone)
  await page.goto(at('/'))
  await page.getByRole('link', { name: /^消息，\d+条未读$/ }).click()
  await page.getByRole('heading', { name: '消息' }).waitFor()
  await fits(page)
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
  await fits(page)

  // A new number is confirmed by what arrives there.
  await page.getByRole('textbox', { name: '手机号码' }).fill('13911112222')
  await page.getByRole('button', { name: '保存联系方式' }).click()
  await page.getByText('139****2222 还没有确认，不会发通知。').waitFor()
  const before = shortMessages().length
  await page.getByRole('button', { name: '发送确认码（短信）' }).click()
  await page.getByText('已发到 139****2222').waitFor()
  const code = await arrived(before)
  await page.getByRole('textbox', { name: '确认码' }).fill(code === '000000' ? '000001' : '000000')
  await page.getByRole('button', { name: /^确 ?认$/ }).click()
  await page.getByText('确认码不正确').waitFor()
  await page.getByRole('textbox', { name: '确认码' }).fill(code)
  await page.getByRole('button', { name: /^确 ?认$/ }).click()
  await page.getByText('发到 139****2222，已确认。').waitFor()

  await page.getByLabel('从', { exact: true }).fill('22:30')
  await page.getByRole('radio', { name: '短信' }).check()
  await page.getByRole('button', { name: '保存接收方式' }).click()
  await page.getByRole('status').filter({ hasText: '已保存' }).last().waitFor()
  await page.reload()
  assert.equal(await page.getByLabel('从', { exact: true }).inputValue(), '22:30')
  assert.equal(await page.getByRole('radio', { name: '短信' }).isChecked(), true)
  await fits(page)
})

const shortMessages = () => readdirSync(world.sms).sort()

/** The code in the short message that arrives behind those that had. */
async function arrived(before) {
  for (let n = 0; n < 150; n++) {
    for (const name of shortMessages().slice(before)) {
      const [, code] = /确认码(\d{6})/.exec(readFileSync(join(world.sms, name), 'utf8')) ?? []
      if (code) return code
    }
    await new Promise((later) => setTimeout(later, 200))
  }
  throw new Error('no code arrived')
}

it('an operator sees what trainees are told, in both languages, and how mail and SMS are doing', async (t) => {
  const page = await loggedIn(t, 'operator')
  await page.goto(at('/message-templates'))
  await page.getByRole('row', { name: /^短信/ }).waitFor()
  await page.locator('summary').first().click()
  await page.getByText('登攀通知：').first().waitFor()
  await page.getByText('English', { exact: true }).last().click()
  await page.getByText('Dengpan:').first().waitFor()
})
