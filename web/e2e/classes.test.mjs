import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { axeFindsNothingInLightOrDark as fine } from './axe.mjs'
import { at, choose, counts, loggedIn, saysWhy } from './browser.mjs'
import { day } from './newcomers.mjs'

describe('staff who teach in classes', () => {
  it('make a class, take a trainee in, announce a session for it, and report who came: the hours appear with the class', async (t) => {
    const page = await loggedIn(t, 'desk')
    await page.goto(at('/'))
    const dialog = page.getByRole('dialog')

    await page.getByRole('link', { name: '教学' }).click()
    await page.getByRole('button', { name: '新建班级' }).click()
    const today = await dialog.getByLabel('开班日期').inputValue() // the programme's
    await dialog.getByLabel('班级编号').fill('2026-A')
    await choose(dialog, '职业', '智能制造')
    await dialog.getByLabel('班级名称').fill('智能制造初级一班')
    await dialog.getByLabel('结班日期').fill(day(today, -1))
    await fine(page, 'making a class')
    await dialog.getByRole('button', { name: '新建班级' }).click()
    await dialog.getByRole('alert').waitFor()
    await dialog.getByLabel('结班日期').fill(day(today, 700))
    await dialog.getByRole('button', { name: '新建班级' }).click()
    await dialog.getByRole('heading', { name: '智能制造初级一班' }).waitFor()

    await dialog.getByRole('button', { name: '编入学员' }).click()
    const who = dialog.getByRole('group', { name: '编入学员' }).getByRole('checkbox').first()
    await who.check()
    await dialog.getByRole('button', { name: '编入1人' }).click()
    await dialog.getByText('学员（1）').waitFor()
    await dialog.getByText('培训未完成').waitFor()
    await fine(page, 'a class')
    await dialog.getByRole('button', { name: '生成证书文件' }).click()
    await dialog.getByRole('alert').getByText('没有可以打印的证书').waitFor()
    const address = page.url()
    await dialog.getByRole('button', { name: '关闭' }).click()
    await fine(page, 'classes')

    await page.getByRole('link', { name: '课次' }).click()
    await page.getByRole('button', { name: '教务人员' }).click()
    await dialog.getByLabel('人员编号').fill('T01')
    await dialog.getByLabel('姓名').fill('李老师')
    await dialog.getByRole('button', { name: '登记人员' }).click()
    await dialog.getByText('李老师').waitFor()
    await fine(page, 'staff')
    await page.goto(at('/sessions?session=new'))
    await choose(dialog, '班级', '智能制造初级一班')
    await dialog.getByLabel('培训内容').click()
    await dialog.locator('.ant-select-item-option', { hasText: '基础知识' }).click()
    await dialog.getByLabel('地点').fill('教学楼 301')
    await choose(dialog, '教师', '李老师')
    const now = (await dialog.getByText(/今天是/).innerText()).match(/今天是(\d{4}-\d\d-\d\d)/)[1]
    await dialog.getByLabel('日期', { exact: true }).fill(day(now, 2))
    await dialog.getByLabel('连续几周').fill('2')
    await dialog.getByLabel('课次编号').fill('2026-A')
    await fine(page, 'announcing')
    await dialog.getByRole('button', { name: '安排课次' }).click()
    await dialog.getByText('已安排2个课次').waitFor()
    await dialog.getByRole('link', { name: '2026-A-01' }).click()

    // The demonstration's days are short: the session is over in a moment.
    await dialog.getByRole('heading', { name: '登记考勤' }).waitFor()
    await choose(dialog, /的出席情况$/, '部分时间')
    await dialog.getByLabel('签退').fill('10:30')
    await choose(dialog, '考勤人', '李老师')
    await fine(page, 'taking attendance')
    await dialog.getByRole('button', { name: '登记1人的考勤' }).click()
    await dialog.getByText('09:00–10:30 · 计90分钟').waitFor()
    await dialog.getByRole('button', { name: /^更正/ }).click()
    await dialog.getByText('全程').click()
    await choose(dialog, '考勤人', '李老师')
    await saysWhy(dialog, '看错了签到表')
    await dialog.getByRole('button', { name: '更正', exact: true }).click()
    await dialog.getByText('计180分钟').waitFor()
    await fine(page, 'a session')

    await page.goto(address)
    await dialog.getByText(/^4学时，规定80学时$/).waitFor()
    await dialog.getByRole('link', { name: '本班课次' }).click()
    await page.getByRole('heading', { name: '课次' }).waitFor()
    await page.locator('.listing tbody tr').nth(1).waitFor()
    await counts(page.locator('.listing tbody tr'), 2)
    await fine(page, 'sessions')
    await page.getByRole('button', { name: '考勤更正' }).click()
    await dialog.getByText('看错了签到表').waitFor()
    await fine(page, 'corrections')
    await page.goto(address)
    await dialog.getByRole('link', { name: '本班任务' }).click()
    await page.getByRole('heading', { name: '任务' }).waitFor()
    await page.locator('.listing tbody tr').first().waitFor()
    assert.ok(
      (await page.locator('.listing tbody tr').count()) < 4,
      'the desk was asked for four trainees: one is in the class',
    )
  })
})
