import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { strToU8 } from 'fflate'
import { axeFindsNothing } from './axe.mjs'
import { at, counts, loggedIn } from './browser.mjs'
import { fillIn, xlsx } from './sheet.mjs'

const today = new Date().toISOString().slice(0, 10)

describe('a workbook', () => {
  it('is downloaded, filled in, checked row by row, and submitted once somebody says so', async (t) => {
    const page = await loggedIn(t, 'institution')
    await page.goto(at('/'))
    await page.getByRole('link', { name: 'Excel 办理' }).click()
    await page.getByRole('heading', { name: '还没有上传过文件' }).waitFor()
    await axeFindsNothing(page)

    await page.getByRole('combobox', { name: '任务' }).click()
    await page.getByTitle('接收学员').click()
    const downloading = page.waitForEvent('download')
    await page.getByRole('button', { name: '下载任务清单' }).click()
    const download = await downloading
    assert.equal(download.suggestedFilename(), 'dengpan-tasks.xlsx')
    const list = await readFile(await download.path())

    const upload = async (content) => {
      const answered = page.waitForResponse((r) => r.url().endsWith('/v1/workbooks') && r.request().method() === 'POST')
      await page
        .locator('input[type=file]')
        .setInputFiles({ name: '任务.xlsx', mimeType: xlsx, buffer: Buffer.from(content) })
      return (await answered).json()
    }
    await upload(strToU8('姓名,成绩'))
    await page.getByText('不是 Excel 工作簿').waitFor()

    // G is the day of enrolment, H the reason for refusing.
    const filled = fillIn(list, '接收学员', { 2: { G: today }, 3: { G: '昨天' } })
    const sent = await upload(filled)
    assert.deepEqual([sent.totals.ready, sent.totals.refused], [1, 1])
    const report = page.locator('#report')
    await report.getByRole('button', { name: '有误 1' }).click()
    const faulty = report.locator('tbody tr')
    await faulty.getByText('填写的是“昨天”').waitFor()
    await counts(faulty, 1)
    await axeFindsNothing(page)
    await report.getByRole('radio', { name: /^全部提交/ }).check()
    assert.ok(
      await report.getByRole('button', { name: '提交 1 行' }).isDisabled(),
      'all or none is none, while one is at fault',
    )
    await report.getByRole('radio', { name: /^只提交无误/ }).check()
    await report.getByRole('button', { name: '提交 1 行' }).click()
    await report.getByText('已提交 1 行').waitFor()

    const reporting = page.waitForEvent('download')
    await report.getByRole('button', { name: '下载检查结果' }).click()
    assert.equal((await reporting).suggestedFilename(), 'report.xlsx')

    const again = await upload(filled)
    assert.equal(again.id, sent.id, 'the same file is known')
    assert.deepEqual([again.totals.ready, again.totals.repeated], [0, 1])
    await report.getByText('没有可以提交的行').waitFor()
    await report.getByText('此文件此前上传过').waitFor()
  })
})
