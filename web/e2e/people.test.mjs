import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { axeFindsNothing } from './axe.mjs'
import { at, counts, loggedIn, visit } from './browser.mjs'

/** Invites somebody by the page, and reads the link that it shows. */
async function invites(page, label) {
  await page.getByRole('link', { name: '人员' }).click()
  await page.getByRole('link', { name: '邀请', exact: true }).click()
  await page.getByRole('button', { name: '邀请人员' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: '名称' }).fill(label)
  await dialog.getByRole('button', { name: '生成邀请链接' }).click()
  const link = await dialog.getByLabel('邀请链接').inputValue()
  await dialog.getByText('只显示这一次').waitFor()
  await axeFindsNothing(page)
  await dialog.getByRole('button', { name: '关闭' }).click()
  await dialog.waitFor({ state: 'hidden' })
  return link
}

/** What a list says of the row of a name. */
const row = (page, name) => page.locator('.listing tbody tr', { hasText: name })

describe('staff of an institution', () => {
  it("invite a colleague, who chooses a log-in, sees the institution's tasks, and is out when the account is closed", async (t) => {
    const staff = await loggedIn(t, 'institution')
    await staff.goto(at('/'))
    const institution = await staff.locator('.who').innerText()
    const link = await invites(staff, '教务处二')
    await row(staff, '教务处二').getByText('待接受').waitFor()

    const colleague = await visit(t)
    await colleague.goto(link)
    await colleague.getByLabel('登录名').fill('colleague-two')
    await colleague.getByLabel('密码').fill('nine herons over still water')
    await colleague.getByRole('button', { name: '建立账户并登录' }).click()
    await colleague.waitForURL(/\/tasks$/)
    await colleague.locator('.listing tbody tr').first().waitFor()
    assert.equal(await colleague.locator('.who').innerText(), institution)

    await staff.reload()
    await row(staff, '教务处二').getByText('已接受').waitFor()
    await staff.getByRole('link', { name: '账户', exact: true }).click()
    await row(staff, 'colleague-two').locator('a.opener').click()
    const dialog = staff.getByRole('dialog')
    await dialog.getByRole('textbox', { name: '理由' }).fill('已离职')
    await dialog.getByRole('button', { name: '停用账户' }).click()
    await dialog.getByText('已停用').waitFor()
    await colleague.reload()
    await colleague.waitForURL(/\/login\?back=/)
  })

  it('take an invitation back with a reason, and its link is good for nothing', async (t) => {
    const staff = await loggedIn(t, 'institution')
    await staff.goto(at('/'))
    const link = await invites(staff, '教务处三')
    await row(staff, '教务处三').locator('a.opener').click()
    const dialog = staff.getByRole('dialog')
    await dialog.getByRole('button', { name: '收回邀请' }).click()
    await dialog.getByText('请填写').waitFor()
    await dialog.getByRole('textbox', { name: '理由' }).fill('邀请有误')
    await dialog.getByRole('button', { name: '收回邀请' }).click()
    await dialog.getByText('已收回').waitFor()
    const late = await visit(t)
    await late.goto(link)
    await late.getByRole('alert').waitFor()
    await counts(late.locator('form'), 0)
  })
})

describe('an administrator', () => {
  it('invites an operator of a district, and is told which field is wrong', async (t) => {
    const page = await loggedIn(t, 'administrator', { lang: 'en-GB' })
    await page.goto(at('/invitations?invitation=new'))
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Operator', { exact: true }).click()
    await dialog.getByRole('textbox', { name: 'District' }).fill('nowhere')
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Desk one')
    await dialog.getByRole('button', { name: 'Make a link' }).click()
    await dialog.getByRole('alert').waitFor()
    await dialog.getByRole('textbox', { name: 'District' }).fill('haidian')
    await dialog.getByRole('button', { name: 'Make a link' }).click()
    await dialog.getByLabel('Link of the invitation').waitFor()
    await dialog.getByRole('button', { name: 'Close' }).click()
    await row(page, 'Desk one').getByText('haidian').waitFor()
  })

  it('invites staff of an institution that is chosen from the published lists', async (t) => {
    const page = await loggedIn(t, 'administrator', { lang: 'en-GB' })
    await page.goto(at('/invitations?invitation=new'))
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Institution' }).click()
    const chosen = await dialog.locator('.ant-select-item-option').first().innerText()
    await dialog.locator('.ant-select-item-option').first().click()
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Office four')
    await dialog.getByRole('button', { name: 'Make a link' }).click()
    await dialog.getByLabel('Link of the invitation').waitFor()
    await dialog.getByRole('button', { name: 'Close' }).click()
    await row(page, 'Office four').getByText(chosen).waitFor()
  })
})
