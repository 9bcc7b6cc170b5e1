import { it } from 'node:test'
import { at, counts, loggedIn } from './browser.mjs'

it('staff name a mailbox, are told so, say that they see to it, and take the mailbox away', async (t) => {
  const page = await loggedIn(t, 'institution')
  await page.goto(at('/'))
  await page.locator('nav.places').getByRole('link', { name: '通知' }).click()
  await page.getByRole('button', { name: '通知邮箱' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: '名称' }).fill('教务值班')
  await dialog.getByRole('textbox', { name: '邮箱地址' }).fill('nobody')
  await dialog.getByRole('button', { name: '登记邮箱' }).click()
  await dialog.getByRole('alert').waitFor()
  await dialog.getByRole('textbox', { name: '邮箱地址' }).fill('duty@demo.example')
  await dialog.getByRole('button', { name: '登记邮箱' }).click()
  await dialog.getByText('d***@demo.example').waitFor()

  await page.goto(at('/notices?state=open'))
  await page.getByRole('link', { name: /教务值班/ }).click()
  await dialog.getByRole('button', { name: '由我处理' }).click()
  // Other notices may be open: of deadlines, of what waits.
  await page.getByRole('link', { name: /教务值班/ }).waitFor({ state: 'detached' })

  await page.goto(at('/notices?notice=mailboxes'))
  await dialog.getByRole('button', { name: '移除' }).click()
  await dialog.getByRole('textbox', { name: '理由' }).fill('已停用')
  await dialog.getByRole('button', { name: /^移除“教务值班”/ }).click()
  await dialog.getByText('还没有登记邮箱').waitFor()
  await counts(dialog.getByText('d***@demo.example'), 0)
})
