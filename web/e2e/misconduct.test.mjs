import { describe, it } from 'node:test'
import { axeFindsNothing } from './axe.mjs'
import { ask, at, fits, loggedIn, shot, world } from './browser.mjs'
import { opens, takes } from './steps.mjs'

const list = '/misconduct'
const done = /执\s?行/

describe('misconduct at an evaluation', () => {
  it('is recorded by one, confirmed by a second, heard, reviewed, decided by a third and delivered, each in a browser', async (t) => {
    // The trainee is examined while the demonstration runs.
    let task
    while (!task) {
      const { tasks } = await ask(`/v1/tasks?case_id=${world.examined}&kind=theory&limit=1`, world.operator)
      task = tasks[0]?.id
    }
    const [first] = [await loggedIn(t, 'examiner-1')]
    await first.goto(at('/misconduct?misconduct=new'))
    const recording = first.getByRole('dialog')
    await recording.getByRole('combobox').first().fill(task.slice(0, 8))
    await recording.getByRole('combobox').first().press('Enter')
    await recording.getByRole('heading').first().click()
    await recording.getByRole('combobox').nth(1).click()
    await recording.locator('.ant-select-item-option', { hasText: /^严重违纪违规/ }).click()
    await recording.locator('input[type=date]').fill(new Date().toISOString().slice(0, 10))
    await recording.locator('textarea').first().fill('从口袋中取出手机，与其准考证一并登记')
    await axeFindsNothing(first, 'recording misconduct')
    await shot(first, 'misconduct-recording')
    await recording.getByRole('button', { name: '记录违纪违规' }).click()
    await recording.getByText('已记录，待另一人确认').waitFor()
    await recording.getByText('须由另一人').first().waitFor() // whoever recorded it does not confirm it
    await shot(first, 'misconduct-recorded')

    const [second, seconded] = await opens(t, 'examiner-2', list)
    await takes(
      seconded,
      '由第二人确认',
      async (step) => {
        await step.getByRole('radio').first().check()
        await step.getByLabel('理由').fill('在场所见相同')
      },
      done,
    )
    await seconded.getByText('已告知，可陈述申辩').waitFor()

    const trainee = await loggedIn(t, 'trainee')
    await trainee.goto(at(`/cases/${world.examined}`))
    const own = trainee.locator('section', { hasText: '从口袋中取出手机' })
    await own.locator('textarea').fill('手机已经关机')
    await axeFindsNothing(trainee, 'a statement')
    await shot(trainee, 'misconduct-statement')
    await own.getByRole('button', { name: '提交陈述' }).click()
    await own.locator('.facts').getByText('手机已经关机').waitFor()

    await second.reload()
    await seconded.getByText('手机已经关机').waitFor()
    await takes(seconded, '复核', (step) => step.getByLabel('理由').fill('考场记录相同，未见使用'), done)
    await shot(second, 'misconduct-reviewed')

    const [third, decided] = await opens(t, 'examiner-3', list)
    await takes(
      decided,
      '作出决定',
      async (step) => {
        await step.getByRole('radio').nth(1).check()
        await step.getByLabel('理由').fill('手机关机，未见使用')
      },
      done,
    )
    await takes(decided, '登记送达', (step) => step.getByRole('radio').first().check(), done)
    await decided.getByText('已送达').first().waitFor()
    await axeFindsNothing(third, 'misconduct that was decided')
    await shot(third, 'misconduct-delivered')

    const operator = await loggedIn(t, 'operator', { width: 820 })
    await operator.goto(at('/misconduct?state=delivered&act=cheating'))
    await operator.locator('.listing').getByText('已送达').first().waitFor()
    await shot(operator, 'misconduct-list')
    await operator.goto(at('/misconduct?state=delivered&act=impersonation'))
    await operator.locator('.note').waitFor()
    await fits(operator, 'on a tablet')
  })
})
