import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { it } from 'node:test'
import { axeFindsNothingInLightOrDark } from './axe.mjs'
import { at, choose, counts, fits, loggedIn, shot } from './browser.mjs'
import { day, listed, trains } from './newcomers.mjs'
import { numbered } from './numbers.mjs'
import { fillIn, xlsx } from './sheet.mjs'

/** What axe says of a page in light, and of its colours in dark; and that nothing lies beside a narrower window. */
async function fine(page, where) {
  await shot(page, `employers-${where}-1280`)
  await axeFindsNothingInLightOrDark(page, where)
  await page.setViewportSize({ width: 820, height: 1180 })
  await fits(page, where)
  await shot(page, `employers-${where}-820`)
  await page.setViewportSize({ width: 1280, height: 860 })
}

it('an employer sees its people in its class, and nothing else of them', async (t) => {
  const page = await loggedIn(t, 'employer')
  await page.goto(at('/'))
  await page.getByRole('heading', { level: 1, name: '本单位学员' }).waitFor()
  await page.getByRole('heading', { level: 2, name: '例示科技大数据订单班' }).waitFor()
  const people = page.locator('.listing tbody tr')
  await people.nth(5).waitFor() // the demonstration registers six, in turns
  await counts(people, 6, 'two of its list are at fault')
  await fine(page, 'staff')
  await page
    .getByRole('button', { name: /^开具证明: / })
    .first()
    .click()
  const proving = page.getByRole('dialog')
  await proving.getByText('不是培训合格证书').waitFor()
  await fine(page, 'proof')
  const proof = page.waitForEvent('download')
  await proving.getByRole('button', { name: 'PDF 文件' }).click()
  assert.match((await proof).suggestedFilename(), /^attendance-CQ-\d{4}-[A-Z2-7]{10}\.pdf$/)
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: '成批报名' }).click()
  await page.locator('.listing tbody tr').getByText('已办结').waitFor()
  await fine(page, 'intakes')
})

it('a training body makes an order class, its employer agrees to it and registers people by a workbook, row by row', async (t) => {
  const body = await loggedIn(t, 'institution')
  await body.goto(at('/'))
  const dialog = body.getByRole('dialog')
  const occupation = await trains()
  const evaluates = (await listed('evaluation')).find((i) => i.occupation.code === occupation.code).name
  const name = `例示订单班 ${Date.now() % 1_000_000}`
  await body.goto(at('/classes?class=new'))
  const today = await dialog.getByLabel('开班日期').inputValue()
  await dialog.getByLabel('班级编号').fill(name)
  await choose(dialog, '职业', occupation.name)
  await choose(dialog, '合作方式', '订单班')
  await dialog.getByLabel('用人单位').fill('91990000MA0000DEMH')
  await dialog.getByLabel('班级名称').fill(name)
  await dialog.getByLabel('结班日期').fill(day(today, 700))
  await fine(body, 'making')
  await dialog.getByRole('button', { name: '新建班级' }).click()
  await dialog.getByText('等待该单位确认').waitFor()

  const page = await loggedIn(t, 'employer')
  await page.goto(at('/'))
  await page.getByText('待确认').waitFor()
  await page.getByRole('link', { name }).click()
  await page.getByRole('heading', { level: 2, name }).waitFor()
  await fine(page, 'agreeing')
  await page.getByRole('button', { name: '确认开班' }).click()
  await page.getByText('还没有人报名').waitFor()
  await fine(page, 'code')

  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: '下载空白名单' }).click()
  const blank = await readFile(await (await downloading).path())
  // A and C are who it is; E to I what they are; M since when they work, N who evaluates them.
  const right = { E: '在岗从业人员', F: '大学本科', G: '是', H: '是', I: '2015-07-01', M: '2015-09-01', N: evaluates }
  const n = Date.now()
  const mistyped = numbered(n + 2).replace(/.$/, (digit) => (digit === '1' ? '2' : '1'))
  const list = fillIn(blank, '报名名单', {
    2: { ...right, A: '例示子', C: numbered(n) },
    3: { ...right, A: '例示丑', C: numbered(n + 1) },
    4: { ...right, A: '例示寅', C: mistyped },
    5: { ...right, A: '例示卯', C: numbered(n + 3), N: '没有这家机构' },
  })
  const send = () =>
    page.locator('input[type=file]').setInputFiles({ name: '名单.xlsx', mimeType: xlsx, buffer: Buffer.from(list) })
  await send()
  const sheet = page.getByRole('dialog')
  await sheet.getByText(`填写的是“${mistyped}”`).waitFor()
  await sheet.getByText('填写的是“没有这家机构”').waitFor()
  await counts(sheet.locator('.lines li'), 2, 'faulty rows are shown first')
  await fine(page, 'faults')
  const start = sheet.getByRole('button', { name: '开始报名，共 2 人' })
  assert.ok(await start.isDisabled(), 'not before it is declared that they consented')
  assert.ok(
    await sheet.getByRole('radio', { name: /^全部报名/ }).isDisabled(),
    'all or none is none, while one is at fault',
  )
  await sheet.getByRole('checkbox').check()
  await start.click()
  await sheet.getByText('已办结：新报名 2 人，此前已报名 0 人，有误 2 行').waitFor()
  await sheet.getByRole('button', { name: '已报名 2' }).click()
  await sheet.getByText('例示丑').waitFor()
  await fine(page, 'done')
  const reporting = page.waitForEvent('download')
  await sheet.getByRole('button', { name: '下载检查结果' }).click()
  assert.equal((await reporting).suggestedFilename(), 'intake.xlsx')

  await page.goto(at('/staff'))
  await page.getByRole('link', { name }).click()
  await page.getByRole('cell', { name: '例示丑', exact: true }).waitFor()
  await send()
  await sheet.getByText('此文件此前为该班上传过').waitFor()
  await sheet.getByText('已办结：新报名 2 人').waitFor() // the same file is the same intake
})
