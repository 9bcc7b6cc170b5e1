import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { axeFindsNothing, axeFindsNothingInLightOrDark } from './axe.mjs'
import { ask, at, fits, loggedIn, phone, shot, world } from './browser.mjs'
import { opens, takes } from './steps.mjs'

/** Asks again until there is an answer. */
const until = async (found) => {
  for (;;) {
    const answer = await found()
    if (answer) return answer
    await new Promise((r) => setTimeout(r, 200))
  }
}

const theCase = () => ask(`/v1/cases/${world.unknown_case}`, world.operator)

describe('a trainee whom the register of persons does not know', () => {
  it('is told so and what comes next, shows their document, and goes on once staff of the training body have seen it', async (t) => {
    const trainee = await loggedIn(t, 'unknown', phone)
    const page = at(`/cases/${world.unknown_case}`)
    const asks = trainee.getByRole('region', { name: '请提交身份证件影像' })
    await until(async () => (await theCase()).identity?.found.code === 'unknown')
    await trainee.goto(page)
    await asks.getByText('人口信息系统无法核查').waitFor()
    await asks.getByText(/^无法核查不等于不通过.*培训照常进行，证书在核实后颁发/).waitFor()
    await fits(trainee)
    await axeFindsNothingInLightOrDark(trainee, 'who is not known')
    await shot(trainee, 'unknown-told')
    await trainee.setViewportSize({ width: 1280, height: 860 })
    await fits(trainee)
    await shot(trainee, 'unknown-told-wide')
    await trainee.setViewportSize(phone)

    await asks.getByLabel('证件影像').setInputFiles(world.photo)
    await asks.getByLabel(/^需要说明的情况/).fill('姓名中有生僻字')
    await asks.getByRole('button', { name: '提交查看' }).click()
    await asks.getByText(/^已请.*查看。/).waitFor()
    await fits(trainee)
    await axeFindsNothing(trainee, 'who showed their document')
    await shot(trainee, 'unknown-shown')

    // Meanwhile they are trained; what waits is the certificate, and it says for whom.
    await until(async () => {
      const { incidents } = await ask(`/v1/incidents?case_id=${world.unknown_case}&state=open`, world.operator)
      return incidents.some((i) => i.cause === 'identity_unverified')
    })
    await trainee.goto(page)
    const now = trainee.getByRole('region', { name: '现在' })
    await now.getByText('身份信息暂无法核查').waitFor()
    await now.getByText(/^等待.*协会办理/).waitFor()
    assert.ok(!(await now.getByText('经办人').isVisible()), 'no operator sees to it')
    await axeFindsNothing(trainee, 'whose certificate waits')
    await shot(trainee, 'unknown-waits')

    const [staff, sheet] = await opens(t, 'institution', '/requests?kind=identity_check&sort=-asked_at&page=1')
    await sheet.getByText('姓名中有生僻字').waitFor()
    const document = await staff.request.get(
      world.url + (await sheet.getByRole('link', { name: /^下载/ }).getAttribute('href')),
    )
    assert.equal(document.headers()['content-type'], 'image/png')
    await axeFindsNothing(staff, 'a document to look at')
    await shot(staff, 'unknown-seen')
    await takes(sheet, '答复', async (step) => {
      await step.getByRole('radio', { name: '核实一致' }).check()
      await step.getByLabel('答复', { exact: true }).fill('已查看证件影像，与本人一致')
      await staff.setViewportSize(phone)
      await fits(staff)
      await axeFindsNothing(staff, 'answering who somebody is')
      await shot(staff, 'unknown-answering')
    })
    await sheet.getByText('已答复').waitFor()

    await until(async () => (await theCase()).stages.find((s) => s.stage === 'exam').state === 'done')
    assert.equal((await theCase()).identity, undefined)
    await trainee.goto(page)
    await now.waitFor()
    assert.ok(!(await now.getByText('身份信息暂无法核查').isVisible()), 'nothing waits for it any more')
    assert.ok(!(await asks.isVisible()), 'nobody doubts who they are any more')
    await shot(trainee, 'unknown-goes-on')
    await trainee.goto(at('/my-requests'))
    await trainee.locator('.request', { hasText: '核实身份证件' }).getByText('核实一致').waitFor()
    await fits(trainee)
  })
})
