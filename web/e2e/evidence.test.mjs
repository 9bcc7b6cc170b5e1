import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { axeFindsNothing } from './axe.mjs'
import { at, loggedIn } from './browser.mjs'

const pdf = Buffer.from('%PDF-1.7\n成绩单\n%%EOF\n')

describe('a file about a task', () => {
  it('is filed from the page of the task, comes back as it was, and is removed for a reason', async (t) => {
    const page = await loggedIn(t, 'institution')
    await page.goto(at('/tasks'))
    await page.locator('.listing tbody a.opener').first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('还没有上传材料。').waitFor()
    const file = dialog.getByLabel('文件', { exact: true })
    await file.setInputFiles({ name: '成绩单.pdf', mimeType: 'application/pdf', buffer: Buffer.from('MZ, and no PDF') })
    await dialog.getByRole('button', { name: '上传' }).click()
    await dialog.getByText('文件类型不符').waitFor()
    await file.setInputFiles({ name: '成绩单.pdf', mimeType: 'application/pdf', buffer: pdf })
    await dialog.getByRole('button', { name: '上传' }).click()
    const link = dialog.getByRole('link', { name: '下载 成绩单.pdf' })
    await link.waitFor()
    await axeFindsNothing(page)
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    assert.equal(download.suggestedFilename(), '成绩单.pdf')
    const chunks = []
    for await (const chunk of await download.createReadStream()) chunks.push(chunk)
    assert.deepEqual(Buffer.concat(chunks), pdf)
    await dialog.getByRole('button', { name: '移除 成绩单.pdf' }).click()
    await dialog.getByRole('textbox', { name: '理由' }).fill('传错了')
    await dialog.getByRole('button', { name: '移除', exact: true }).click()
    await dialog.getByText('还没有上传材料。').waitFor()
  })
})
