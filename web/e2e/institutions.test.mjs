import { describe, it } from 'node:test'
import { axeFindsNothing } from './axe.mjs'
import { ask, at, counts, loggedIn, saysWhy, shot, world } from './browser.mjs'

const day = (n) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10)
/** An institution of which the demonstration asks nothing. */
const idle = { id: 'ucas', name: '中国科学院大学' }

describe('supervision of institutions', () => {
  it('an inspection is planned and reported, the institution answers, and the finding is accepted', async (t) => {
    const operator = await loggedIn(t, 'operator')
    await operator.goto(at('/institutions'))
    await operator.getByLabel('名称').fill('兵器')
    await operator.getByLabel('名称').press('Enter')
    await shot(operator, 'institutions')
    await operator.getByRole('link', { name: '中国兵器工业集团人才研究中心' }).click()
    await operator.getByRole('heading', { name: '质量情况' }).waitFor()
    await operator.getByRole('button', { name: '安排检查' }).click()
    const sheet = operator.getByRole('dialog')
    await sheet.getByRole('button', { name: '安排检查' }).click()
    await sheet.getByText('请填写').first().waitFor()
    await sheet.getByLabel('检查日期').fill(day(-1))
    await sheet.getByLabel('检查内容').fill('考勤与教学质量')
    await sheet.getByRole('button', { name: '安排检查' }).click()
    await operator
      .getByRole('link', { name: /考勤与教学质量/ })
      .first()
      .click()
    await sheet.getByRole('button', { name: '添加问题' }).click()
    await sheet.getByLabel('实际检查日期').fill(day(-1))
    await sheet.getByLabel('检查情况').fill('现场检查')
    await sheet.getByLabel('问题', { exact: true }).fill('签到记录与实际不符')
    await sheet.getByLabel('违反的规定').fill('方案四（四）')
    await sheet.getByLabel('整改期限').fill(day(900))
    await axeFindsNothing(operator, 'reporting an inspection')
    await sheet.getByRole('button', { name: '登记检查情况' }).click()
    await sheet.getByRole('heading', { name: /问题1/ }).waitFor()
    await shot(operator, 'inspection')

    const desk = await loggedIn(t, 'desk')
    await desk.goto(at('/inspections'))
    await desk.locator('a.opener').first().click()
    const own = desk.getByRole('dialog')
    await own.getByLabel('整改情况').fill('已补充签到记录')
    await own.getByRole('button', { name: /提\s?交/ }).click()
    await own.getByText('待核查').first().waitFor()
    await axeFindsNothing(desk, 'an inspection of one’s own')
    await shot(desk, 'own-inspection')

    await operator.reload()
    await sheet.getByLabel('整改通过').check()
    await saysWhy(sheet, '已核实')
    await sheet.getByRole('button', { name: /执\s?行/ }).click()
    await sheet.getByText('检查办结').waitFor()
    await axeFindsNothing(operator, 'an inspection')
  })

  it('a proposal of another operator suspends an institution, whose planned end lifts nothing, and it is let act again', async (t) => {
    const { id } = await ask('/v1/inspections', world.operator, {
      institution_id: idle.id,
      role: 'training',
      planned_on: day(-2),
      scope: '资质',
    })
    const visited = await ask(`/v1/inspections/${id}/visit`, world.operator, {
      visited_on: day(-2),
      report: '拒绝接受检查',
      findings: [{ severity: 'grave', what: '拒绝检查', citation: '方案四（一）', due_on: day(900) }],
    })
    await ask(`/v1/inspection-findings/${visited.details[0].id}/decision`, world.operator, {
      decision: 'escalate',
      reason: '拒绝检查',
      legal_basis: '方案四（一）',
    })
    const page = await loggedIn(t, 'operator', { width: 820 })
    await page.goto(at('/inspections'))
    const proposed = page.getByRole('region', { name: `建议暂停：${idle.name}` })
    await proposed.waitFor()
    await axeFindsNothing(page, 'inspections')
    await shot(page, 'inspections')
    await proposed.getByLabel('暂停资格').check()
    await proposed.getByLabel('计划期限').fill(day(900))
    await proposed.getByLabel('理由').fill('同意')
    await proposed.getByRole('button', { name: /执\s?行/ }).click()
    await proposed.waitFor({ state: 'detached' })

    await page.goto(at(`/institutions/${idle.id}`))
    await page.locator('#suspended').getByText('拒绝检查').waitFor()
    await page.getByText('到期不会自动恢复').waitFor()
    await page.getByRole('heading', { name: '历次名称' }).waitFor()
    await axeFindsNothing(page, 'an institution')
    await shot(page, 'institution')
    await page.getByRole('button', { name: '恢复资格' }).click()
    const sheet = page.getByRole('dialog')
    await sheet.getByLabel('理由').fill('已整改')
    await sheet.getByRole('button', { name: '恢复资格' }).click()
    await sheet.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: '暂停资格' }).waitFor()
    await counts(page.locator('#suspended'), 0)
  })

  it('what an institution says it can carry is what the cases of another are spread by', async (t) => {
    const desk = await loggedIn(t, 'desk')
    await desk.goto(at('/capacity'))
    await desk.getByLabel(/初级 培训机构/).fill('40')
    await desk.getByRole('button', { name: /申\s?报/ }).click()
    await desk.getByText('已申报').waitFor()
    await axeFindsNothing(desk, 'capacity')
    await shot(desk, 'capacity')
    const page = await loggedIn(t, 'operator')
    await page.goto(at('/institutions/ouc?do=spread'))
    await page.locator('#spreading p strong, #spreading .quiet').first().waitFor()
    await axeFindsNothing(page, 'to whom cases go')
    await shot(page, 'spreading')
  })
})
