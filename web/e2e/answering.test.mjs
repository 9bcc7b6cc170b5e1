import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { axeFindsNothing } from './axe.mjs'
import { at, fits, loggedIn, phone } from './browser.mjs'

/** A page of the institution's open tasks. */
async function desk(t, options) {
  const page = await loggedIn(t, 'desk', options)
  await page.goto(at('/tasks?state=open&kind=enrolment'))
  await page.locator('.listing tbody tr, .cards > li').first().waitFor()
  return page
}

const open = async (page) => {
  await page.locator('.listing a.opener').first().click()
  const dialog = page.getByRole('dialog')
  await dialog.locator('form').first().waitFor()
  return dialog
}

describe('staff of an institution', () => {
  it('answer a task: what is wrong is said at its field, what will be recorded is read once more, and nothing written is lost', async (t) => {
    const page = await desk(t)
    const dialog = await open(page)
    const today = await dialog.getByLabel('接收日期').inputValue() // the programme's, as the task has it
    await dialog.getByLabel('接收日期').fill('2099-01-01')
    await dialog.getByRole('button', { name: '核对' }).click()
    await dialog.getByText('请核对将要记录的内容').waitFor()
    await dialog.getByText('2099-01-01').waitFor()
    await dialog.getByRole('button', { name: '确认提交' }).click()
    await dialog.getByRole('alert').first().waitFor()
    await dialog.locator('.ant-form-item-explain-error').waitFor()
    assert.equal(await dialog.getByLabel('接收日期').inputValue(), '2099-01-01')

    await dialog.getByLabel('接收日期').fill(today)
    await dialog.getByRole('button', { name: '核对' }).click()
    await dialog.getByRole('button', { name: '返回修改' }).click()
    assert.equal(await dialog.getByLabel('接收日期').inputValue(), today)
    await dialog.getByRole('button', { name: '核对' }).click()
    await dialog.getByRole('button', { name: '确认提交' }).click()
    await dialog.getByText('已记录').waitFor()
    await dialog.getByText('已答复', { exact: true }).waitFor()
    await axeFindsNothing(page)
  })

  it('send a task back with a reason, on a phone', async (t) => {
    const page = await desk(t, { lang: 'en-GB', ...phone })
    await page.locator('.cards a.opener').first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Send the task back').click()
    await dialog.getByRole('button', { name: 'Check' }).last().click()
    await dialog.getByText('Please fill this in').waitFor()
    await dialog.getByText('the class is full').click()
    await dialog.getByRole('button', { name: 'Check' }).last().click()
    await fits(page)
    await dialog.getByRole('button', { name: 'Send it' }).click()
    await dialog.getByText('Recorded', { exact: true }).waitFor()
    await dialog.getByText('Sent back', { exact: true }).waitFor()
  })

  it('answer many tasks of one kind at once, and see what became of each', async (t) => {
    const page = await desk(t)
    const boxes = page.getByRole('checkbox', { name: /接收学员/ })
    await boxes.first().check()
    await page.getByRole('button', { name: '选中本页全部' }).click()
    await page.getByText(/已选2项：接收学员/).waitFor()
    await page.getByRole('button', { name: '填写结果' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.locator('.many-line').nth(1).waitFor()
    await dialog.getByRole('button', { name: '核对' }).click()
    await dialog.getByText('将提交2项').waitFor()
    await dialog.getByRole('button', { name: '确认提交' }).click()
    await dialog.getByText('已记录2项，未成功0项。').waitFor()
    await axeFindsNothing(page)
    await dialog.getByRole('button', { name: '关闭' }).first().click()
    await page.getByText('没有符合条件的内容').waitFor()
  })
})
