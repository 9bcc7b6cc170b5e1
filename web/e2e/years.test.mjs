import { describe, it } from 'node:test'
import { axeFindsNothing } from './axe.mjs'
import { ask, at, loggedIn, world } from './browser.mjs'

describe('the years of CE hours', () => {
  it('say who closed them, and one is opened again with a reason', async (t) => {
    await ask('/v1/ce-years/2019/closing', world.operator, { reason: '年度结账' })
    const page = await loggedIn(t, 'operator')
    await page.goto(at('/ce-years'))
    const year = page.locator('[data-year="2019"]')
    await year.getByText('已结账').waitFor()
    await year.getByRole('link', { name: '重新开放' }).click()
    const sheet = page.getByRole('dialog')
    await sheet.getByText('须另行成批重新办理').waitFor()
    await axeFindsNothing(page, 'opening a year again')
    await sheet.getByRole('button', { name: '重新开放' }).click()
    await sheet.getByText('请填写').waitFor()
    await sheet.getByLabel('理由').fill('补报')
    await sheet.getByRole('button', { name: '重新开放' }).click()
    await sheet.waitFor({ state: 'detached' })
    await year.getByText('开放', { exact: true }).waitFor()
  })
})

describe('a declaration', () => {
  it('says what it refuses, and whose number it is only in part', async (t) => {
    const page = await loggedIn(t, 'desk')
    await page.goto(at('/security'))
    await page.getByRole('link', { name: '回避申报' }).click()
    await page.getByText('登记该学员的考勤').waitFor()
    await page.getByLabel('亲属').check()
    await page.getByLabel('证件号码').fill('110101199001011234')
    await page.getByRole('button', { name: /申\s?报/ }).click()
    await page.locator('#duty_id_number_help').getByText('校验码').waitFor()
    await page.getByLabel('证件号码').fill('110101199001011237')
    await page.getByRole('button', { name: /申\s?报/ }).click()
    await page.locator('section', { hasText: '已申报的' }).getByText('亲属').waitFor()
    await page.getByText('110101199001011237').waitFor({ state: 'detached' })
    await axeFindsNothing(page, 'a declaration')
  })
})
