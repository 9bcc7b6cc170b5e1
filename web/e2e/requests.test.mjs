import { describe, it } from 'node:test'
import { axeFindsNothing } from './axe.mjs'
import { ask, at, fits, loggedIn, phone, shot, world } from './browser.mjs'
import { opens, takes } from './steps.mjs'

/** The only request of a kind. */
const of = (kind) => `/requests?kind=${kind}&sort=-asked_at&page=1`

describe('what a trainee asks for', () => {
  it('is a review of a mark on a phone: proposed by one examiner, confirmed by another, and appealed against to the city', async (t) => {
    let marks = []
    while (marks.length === 0) {
      marks = (await ask(`/v1/cases/${world.examined}/score-reviews`, world.operator)).marks
      await new Promise((r) => setTimeout(r, 200))
    }
    const trainee = await loggedIn(t, 'trainee', phone)
    await trainee.goto(at(`/cases/${world.examined}`))
    const reviews = trainee.getByRole('region', { name: '成绩复查' })
    await reviews.getByRole('button', { name: '申请复查' }).first().click()
    await reviews.getByLabel('请说明要核对什么').fill('请核对第二页的合分')
    await axeFindsNothing(trainee, 'asking for a review')
    await shot(trainee, 'review-asking')
    await reviews.getByRole('button', { name: /提\s?交/ }).click()
    await reviews.getByRole('link', { name: '查看复查申请' }).waitFor()
    await fits(trainee)
    await reviews.getByRole('link', { name: '查看复查申请' }).click()
    const own = trainee.getByRole('dialog')
    await own.getByText('请核对第二页的合分').waitFor()
    await shot(trainee, 'review-asked')

    const [first, proposing] = await opens(t, 'examiner-1', of('score_review'))
    await takes(proposing, '答复', async (step) => {
      await step.getByRole('radio', { name: '维持原成绩' }).check()
      await step.getByLabel('答复', { exact: true }).fill('逐题核对，合分无误')
    })
    await proposing.getByText('须由另一人办理').waitFor() // whoever proposed it does not confirm it
    await shot(first, 'review-proposed')
    const [, confirming] = await opens(t, 'examiner-2', of('score_review'))
    await takes(confirming, '由另一人确认', async (step) => {
      await step.getByRole('radio').first().check()
      await step.getByLabel('理由').fill('核对无误')
    })
    await confirming.getByText('已答复').waitFor()

    await trainee.goto(at('/my-requests'))
    await trainee.locator('.request').first().getByText('逐题核对，合分无误').waitFor()
    await fits(trainee)
    await shot(trainee, 'my-requests')
    await trainee.locator('.request a.opener').first().click()
    await takes(trainee.getByRole('dialog'), '不接受复查结论，向市局申诉', (step) =>
      step.getByLabel('不接受结论的理由').fill('第二页没有计入'),
    )
    const [, deciding] = await opens(t, 'operator', of('appeal'))
    await deciding.getByText('第二页没有计入').waitFor()
    await axeFindsNothing(deciding.page(), 'an appeal')
    await takes(deciding, '答复', async (step) => {
      await step.getByRole('radio', { name: '维持复查结论' }).check()
      await step.getByLabel('答复', { exact: true }).fill('已核对原卷')
    })
    await deciding.getByText('须由另一人办理').waitFor()
    await shot(deciding.page(), 'appeal-proposed')
  })

  it('is a complaint, which its bureau hears the institution on and answers', async (t) => {
    const trainee = await loggedIn(t, 'trainee', phone)
    await trainee.goto(at('/my-requests?request=new'))
    const form = trainee.getByRole('dialog')
    await form
      .getByRole('radio', { name: /培训机构/ })
      .first()
      .check()
    await form.getByRole('radio', { name: '退费' }).check()
    await form.getByLabel('具体情况').fill('退费两周未到账')
    await shot(trainee, 'complaining')
    await form.getByRole('button', { name: /提\s?交/ }).click()
    await trainee.getByRole('dialog').getByText('退费两周未到账').waitFor()
    await fits(trainee)

    const [operator, sheet] = await opens(t, 'operator', of('complaint'), { width: 820, scheme: 'dark' })
    await sheet.getByRole('button', { name: '请机构说明' }).click()
    await sheet.getByText('机构说明期限').waitFor()
    await axeFindsNothing(operator, 'a complaint, in the dark')
    await takes(sheet, '答复', async (step) => {
      await step.getByRole('radio', { name: '投诉属实' }).check()
      await step.getByLabel('答复', { exact: true }).fill('已责成按公布的办法退费')
    })
    await shot(operator, 'complaint-answered')
    await trainee.goto(at('/my-requests'))
    await trainee.getByText('已责成按公布的办法退费').waitFor()
  })

  it('is a correction of their name, asked of the bureau on the page of their case', async (t) => {
    const trainee = await loggedIn(t, 'trainee', phone)
    await trainee.goto(at(`/cases/${world.examined}`))
    const acts = trainee.getByRole('region', { name: '其他事项' })
    await acts.getByRole('button', { name: '向主管部门提出申请' }).click()
    await acts.getByRole('radio', { name: '更正姓名或证件' }).check()
    await acts.getByLabel('申请内容和理由').fill('姓名中有一字登记有误')
    await shot(trainee, 'asking-bureau')
    await acts.getByRole('button', { name: /提\s?交/ }).click()
    await acts.locator('form').waitFor({ state: 'detached' })
    await fits(trainee)
    await acts.getByRole('link', { name: '我的申请' }).click()
    await trainee.locator('.request', { hasText: '更正姓名或证件' }).waitFor()

    // What is agreed to is carried out on the request's own sheet, and the request says so.
    const [operator, sheet] = await opens(t, 'operator', of('identity_correction'), { width: 820 })
    await takes(sheet, '答复', async (step) => {
      await step.getByRole('radio', { name: '同意', exact: true }).check()
      await step.getByLabel('答复', { exact: true }).fill('核对无误，同意更正')
    })
    const carrying = sheet.getByRole('region', { name: '按申请更正身份信息' })
    await carrying.getByLabel('姓名').fill('陈启明')
    await carrying.getByLabel('依据的材料').fill('户口簿')
    await carrying.getByLabel('理由').fill('依申请更正')
    await axeFindsNothing(operator, 'carrying out a correction')
    await shot(operator, 'request-carrying')
    await carrying.getByRole('button', { name: '提出更正' }).click()
    await sheet.getByText(/办理中 ·/).waitFor()
    await trainee.goto(at('/my-requests'))
    await trainee.locator('.request', { hasText: '更正姓名或证件' }).getByText('办理中').waitFor()
  })

  it('is nothing when they do it themselves: they pause their case, let it go on earlier, and rate their training', async (t) => {
    const trainee = await loggedIn(t, 'trainee', phone)
    await trainee.goto(at(`/cases/${world.examined}`))
    const acts = trainee.getByRole('region', { name: '其他事项' })
    await acts.getByRole('button', { name: '暂停', exact: true }).click()
    await acts.getByRole('radio', { name: '家庭原因' }).check()
    const until = acts.getByLabel('恢复的日期')
    await until.fill(await until.getAttribute('max'))
    await axeFindsNothing(trainee, 'pausing')
    await shot(trainee, 'own-pausing')
    await acts.getByRole('button', { name: '确认暂停' }).click()
    await trainee.getByText(/^您已申请暂停/).waitFor()
    await fits(trainee)
    await shot(trainee, 'own-paused')
    await acts.getByRole('button', { name: '提前恢复' }).click()
    await acts.getByRole('button', { name: '暂停', exact: true }).waitFor()

    await acts.getByRole('button', { name: '给培训评分' }).click()
    await acts.getByRole('radio', { name: '4分' }).check()
    await acts.getByRole('checkbox', { name: '结合实际' }).check()
    await axeFindsNothing(trainee, 'rating')
    await shot(trainee, 'own-rating')
    await acts.getByRole('button', { name: '提交评分' }).click()
    await acts.getByText('您给这次培训评了4分，谢谢。').waitFor()
    await fits(trainee)
  })
})
