import { describe, it } from 'node:test'
import { axeFindsNothing } from './axe.mjs'
import { ask, at, choose, fits, loggedIn, phone, saysWhy, shot, world } from './browser.mjs'

/** A moment of the programme, so many of its days after another, as its field has it. */
const field = (now, days, clock) => {
  const day = new Date(Date.parse(now) + 8 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10)
  return `${day}T${clock}`
}

/** What the page of a booking says, once it says so. */
const own = (page) => page.getByRole('region', { name: '考试预约' })

describe('a sitting', () => {
  it('is made by the body, booked on a phone, moved, agreed to, cancelled and left; and an identity in doubt is decided by another', async (t) => {
    const staff = await loggedIn(t, 'examiner-1')
    await staff.goto(at('/sittings'))
    await staff.getByText('还没有考试安排').waitFor()
    const { now } = await (await staff.request.get(`${world.url}/v1/sittings`)).json()
    const fills = async (form, days) => {
      await form.getByLabel('开始时间').fill(field(now, days, '09:00'))
      await form.getByLabel('结束时间').fill(field(now, days, '11:00'))
      await form.getByLabel('预约截止').fill(field(now, days - 1, '18:00'))
    }
    await staff.getByRole('button', { name: '安排考试' }).click()
    const making = staff.getByRole('dialog')
    await making.getByLabel('名称').fill('第1场')
    await choose(making, '职业', '智能制造')
    await making.getByRole('heading').first().click()
    await fills(making, 60)
    await making.getByLabel('考点').fill('海淀考点')
    await axeFindsNothing(staff, 'making a sitting')
    await shot(staff, 'sitting-making')
    await making.getByRole('button', { name: '安排考试' }).click()
    await staff.getByText('还没有人预约').first().waitFor()

    // The trainee is taught while the demonstration runs; then their evaluation is asked of the body.
    let asked = []
    while (asked.length === 0) {
      asked = (await ask(`/v1/tasks?case_id=${world.seated_case}&kind=theory&state=open`, world.operator)).tasks
      await new Promise((r) => setTimeout(r, 200))
    }
    const trainee = await loggedIn(t, 'seated', phone)
    await trainee.goto(at(`/cases/${world.seated_case}`))
    await own(trainee).getByText('海淀考点').waitFor()
    await axeFindsNothing(trainee, 'choosing a sitting')
    await shot(trainee, 'sitting-choosing')
    await own(trainee)
      .getByRole('button', { name: /预\s?约/ })
      .click()
    await own(trainee).getByRole('button', { name: '取消预约' }).waitFor()
    await fits(trainee)
    await shot(trainee, 'sitting-booked')

    await staff.reload()
    const sheet = staff.getByRole('dialog')
    await sheet.getByText('已预约（1）').waitFor()
    await shot(staff, 'sitting-seen')
    await sheet.getByRole('button', { name: '修改安排' }).click()
    await fills(sheet, 70)
    await saysWhy(sheet, '考点停电检修')
    await sheet.getByRole('button', { name: /保\s?存/ }).click()
    await sheet.getByText('待学员确认').waitFor()

    await own(trainee).getByText('考点停电检修').waitFor()
    await axeFindsNothing(trainee, 'a sitting that was moved')
    await shot(trainee, 'sitting-moved')
    await own(trainee).getByRole('button', { name: '接受变更' }).click()
    await own(trainee)
      .getByText(/可以改约或者取消/)
      .waitFor()

    await staff.reload()
    await sheet.getByLabel('理由').last().fill('考点水管爆裂')
    await sheet.getByRole('button', { name: '取消考试' }).click()
    await sheet.getByText('已结束的预约（1）').waitFor()
    await own(trainee).getByText('考点水管爆裂').waitFor()
    await shot(trainee, 'sitting-cancelled')
    await own(trainee)
      .getByRole('button', { name: /退\s?还/ })
      .click()
    await own(trainee).getByText('申请退费').waitFor()
    await fits(trainee)

    // Another, which comes soon.
    const later = await (await staff.request.get(`${world.url}/v1/sittings`)).json()
    const plan = (days, clock) => `${field(later.now, days, clock)}:00+08:00`
    const made = await staff.request.post(`${world.url}/v1/sittings`, {
      data: {
        ref: '第2场',
        occupations: ['intelligent-manufacturing'],
        levels: ['junior'],
        venue: '朝阳考点',
        capacity: 30,
        starts_at: plan(4, '09:00'),
        ends_at: plan(17, '09:00'),
        book_until: plan(4, '08:00'),
      },
    })
    const soon = await made.json()
    await trainee.request.post(`${world.url}/v1/cases/${world.seated_case}/sitting`, { data: { sitting: soon.id } })
    const door = sheet.getByRole('button', { name: '入场身份未能确认' })
    while (!(await door.isVisible())) {
      await new Promise((r) => setTimeout(r, 500))
      await staff.goto(at(`/sittings?sitting=${soon.id}`))
      await sheet.getByText('已预约（1）').waitFor()
    }
    await door.click()
    await sheet.getByRole('radio', { name: /暂准考试/ }).check()
    await choose(sheet, '原因', '人证不一致')
    await sheet.getByLabel('现场记录').fill('面部特征与照片差异较大')
    await axeFindsNothing(staff, 'a check at the door')
    await sheet.getByRole('button', { name: /记\s?录/ }).click()
    await sheet.getByText('须由另一人办理').waitFor()
    await shot(staff, 'door-recorded')
    await own(trainee)
      .getByText(/成绩暂缓处理/)
      .waitFor()
    await shot(trainee, 'door-held')

    const other = await loggedIn(t, 'examiner-2', { width: 820, scheme: 'dark' })
    await other.goto(at(`/sittings?sitting=${soon.id}`))
    const deciding = other.getByRole('dialog')
    await deciding.getByRole('radio', { name: /确是本人/ }).check()
    await saysWhy(deciding, '当日补交了户籍证明')
    await axeFindsNothing(other, 'a decision about an identity, in the dark')
    await deciding.getByRole('button', { name: /决\s?定/ }).click()
    await deciding.getByText(/已确认是本人/).waitFor()
    await shot(other, 'door-decided')
    await own(trainee)
      .getByText(/当日补交了户籍证明/)
      .waitFor()
  })
})
