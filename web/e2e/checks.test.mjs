import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { unzipSync } from 'fflate'
import { axeFindsNothing } from './axe.mjs'
import { at, loggedIn, phone, visit, world } from './browser.mjs'
import { fillIn, xlsx } from './sheet.mjs'

describe('a certificate', () => {
  it('is checked by anybody on a phone, without scripts, and nothing that is typed stands in an address', async (t) => {
    const page = await visit(t, { ...phone, scripts: false })
    await page.goto(`${world.url}/verify`)
    await page.getByLabel('姓名').fill('王小明')
    await page.getByLabel('证件号码').fill('11010119900307777X')
    await page.getByLabel('证书编号').fill('NO-SUCH-1')
    await page.getByRole('button', { name: '查验', exact: true }).click()
    await page.getByRole('heading', { name: '未查到此证书' }).waitFor()
    assert.equal(page.url(), `${world.url}/verify?lang=zh`)

    await page.getByRole('button', { name: '英文版（English）' }).click()
    await page.getByRole('heading', { name: 'There is no such certificate' }).waitFor()
    assert.equal(page.url(), `${world.url}/verify?lang=en`)
    assert.equal(await page.getByLabel('Certificate number').inputValue(), 'NO-SUCH-1')

    await page
      .getByLabel('PDF file')
      .setInputFiles({ name: 'x.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') })
    await page.getByRole('button', { name: 'Send and check' }).click()
    await page.getByRole('heading', { name: 'The file is not known' }).waitFor()
  })

  it('is checked on a page in which axe finds nothing, light and dark, and that is no wider than a phone', async (t) => {
    const page = await visit(t, phone)
    await page.goto(`${world.url}/verify`)
    await axeFindsNothing(page, 'the form')
    for (const [label, text] of [
      ['姓名', '王小明'],
      ['证件号码', '11010119900307777X'],
      ['证书编号', 'NO-SUCH-1'],
    ]) {
      await page.getByLabel(label).fill(text)
    }
    await page.getByRole('button', { name: '查验', exact: true }).click()
    await page.getByRole('heading', { name: '未查到此证书' }).waitFor()
    await axeFindsNothing(page, 'what was not found')
    await page.emulateMedia({ colorScheme: 'dark' })
    await axeFindsNothing(page, 'what was not found, in dark', { runOnly: ['color-contrast'] })
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390)
  })

  it('is checked with many others, for a purpose and a reason', async (t) => {
    const page = await loggedIn(t, 'institution')
    await page.goto(at('/'))
    await page.getByRole('link', { name: '证书', exact: true }).click()
    await page.getByRole('link', { name: '批量核验' }).click()
    await page.getByRole('heading', { name: '还没有核验过' }).waitFor()
    await axeFindsNothing(page)
    const downloading = page.waitForEvent('download')
    await page.getByRole('button', { name: '下载核验表' }).click()
    const sheet = await readFile(await (await downloading).path())
    const filled = fillIn(sheet, '证书核验', {
      2: { A: '王小明', B: '11010119900307777X', C: 'NO-SUCH-1' },
      3: { A: '王小红', C: 'NO-SUCH-2' },
    })
    await page.getByRole('combobox', { name: '核验用途' }).click()
    await page.getByTitle('招聘录用').click()
    await page.locator('textarea').fill('新员工入职核验')
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: '核验.xlsx', mimeType: xlsx, buffer: Buffer.from(filled) })
    await page.getByRole('button', { name: '核验', exact: true }).click()
    await page.getByText('共核验 1 张，查到 0 张；另有 1 行填写有误，未核验。').waitFor()
    await page.getByText('新员工入职核验').last().waitFor()
    await axeFindsNothing(page, 'the answers')
    const reporting = page.waitForEvent('download')
    await page.getByRole('button', { name: '下载核验结果' }).click()
    const report = unzipSync(await readFile(await (await reporting).path()))
    assert.ok(Object.keys(report).includes('xl/workbook.xml'))
  })
})
