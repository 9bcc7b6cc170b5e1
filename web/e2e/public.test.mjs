import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { axeFindsNothing, axeFindsNothingInLightOrDark as fine } from './axe.mjs'
import { at, fits, loggedIn, phone, visit, world } from './browser.mjs'
import { day } from './newcomers.mjs'

describe('somebody without an account, on a phone', () => {
  it('comes from the front page to a class, what it costs and what of that is paid back, and sets two side by side', async (t) => {
    const page = await visit(t, phone)
    await page.goto(at('/'))
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.locator('.front-said li').nth(4).waitFor()
    await fits(page, 'the front page')
    await page.getByRole('link', { name: '看培训班' }).click()
    await page.locator('.offered-card').first().waitFor()
    await fits(page, 'the calendar')
    await page.getByLabel('职业').selectOption('intelligent-manufacturing')
    await page.waitForURL(/occupation=intelligent-manufacturing/)
    await page.getByRole('heading', { name: '大数据初级网络班' }).first().waitFor({ state: 'detached' })
    await page.reload()
    await page.getByRole('link', { name: '智能制造初级周末班' }).last().click()
    await page.getByText('开班前退出：退还100%').waitFor()
    await page.getByText('4,800元').waitFor()
    await page.getByText('演示数据').first().waitFor()
    await fits(page, 'a class')
    await fine(page, 'a class')
    await page.goBack()
    await page.getByLabel('职业').selectOption('')
    for (const name of ['大数据初级网络班', '智能制造中级脱产班']) {
      await page.locator('.offered-card', { hasText: name }).last().getByRole('checkbox').check()
    }
    await page.getByRole('heading', { name: '对比2个班' }).waitFor()
    await page.getByRole('cell', { name: '不收费', exact: true }).waitFor()
    await fits(page, 'two side by side')
    await fine(page, 'two side by side')
    await page.getByRole('button', { name: '不再对比“大数据初级网络班”' }).click()
    await page.getByRole('heading', { name: '对比1个班' }).waitFor()
    await page.goto(at('/class-calendar?institution=nobody'))
    await page.getByRole('heading', { name: '没有符合条件的培训班' }).waitFor()
  })

  it('reads what is asked and answered, what is taught, and who teaches it, each with its source', async (t) => {
    const page = await visit(t, phone)
    await page.goto(at('/'))
    await page.getByText('京人社专技字〔2023〕91号 三（一）').first().waitFor()
    await page.getByRole('link', { name: '政策问答' }).first().click()
    await page.getByLabel('找问题').fill('补考')
    await page.getByRole('button', { name: '查找' }).click()
    await page.waitForURL(/q=/)
    await page.getByText('没有规定，或尚未录入').first().waitFor()
    await fits(page, 'questions')
    await page.goto(at('/policy-questions#ce-annual'))
    await page.getByText('不少于90学时').waitFor()

    await page.getByRole('link', { name: '培养内容' }).click()
    await page.getByLabel('职业').selectOption('big-data')
    await page.getByRole('heading', { name: '通向：高级工程师' }).waitFor()
    await fits(page, 'the curriculum')
    await page.getByRole('link', { name: '此职业的机构' }).click()
    await page.waitForURL(/find-institutions\?occupation=big-data/)
    await page.getByLabel('类别').selectOption('training')
    await page.getByRole('heading', { name: '国家开放大学' }).waitFor()
    await page.getByRole('heading', { name: '工业和信息化部教育与考试中心' }).waitFor({ state: 'detached' })
    await fits(page, 'institutions')
    await page.locator('summary').first().click()
    await page.getByText('没有公布的检查情况').first().waitFor()
    await page
      .getByRole('link', { name: /正在招生的班/ })
      .first()
      .click()
    await page.locator('.offered-card').first().waitFor()
  })

  it('sees a class as soon as its body says that everybody may', async (t) => {
    const desk = await loggedIn(t, 'institution')
    const name = `公开招生试验班${Date.now() % 100_000}`
    const { today } = await (await desk.request.get(`${world.url}/v1/classes`)).json()
    const body = { ref: name, name, occupation: 'intelligent-manufacturing', level: 'junior', capacity: 12 }
    const dates = { starts_on: day(today, 400), ends_on: day(today, 460) }
    const made = await desk.request.post(`${world.url}/v1/classes`, { data: { ...body, ...dates } })
    assert.equal(made.status(), 201, await made.text())
    const { id } = await made.json()
    const page = await visit(t, phone)
    await page.goto(at(`/classes-offered/${id}`))
    await page.getByRole('alert').waitFor()

    await desk.goto(at(`/classes?class=${id}`))
    const dialog = desk.getByRole('dialog')
    await dialog.getByRole('button', { name: '修改招生信息' }).click()
    await dialog.getByLabel('费用（元）').fill('1200')
    await dialog.getByLabel('上课时间').fill('每周六')
    await dialog.getByLabel('理由').fill('开始招生')
    await axeFindsNothing(desk, 'saying what a class offers')
    await dialog.getByRole('button', { name: '保存' }).click()
    await dialog.getByText('已公开').waitFor()
    await page.reload()
    await page.getByText('1,200元').waitFor()
    await page.getByText('余12个名额').waitFor()
  })
})
