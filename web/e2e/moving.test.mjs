import assert from 'node:assert/strict'
import { it } from 'node:test'
import { axeFindsNothing, axeFindsNothingInLightOrDark as fine } from './axe.mjs'
import { ask, at, fits, loggedIn, phone, shot, visit, world } from './browser.mjs'
import { day } from './newcomers.mjs'
import { numbered } from './numbers.mjs'

/** What a page's reader sends beside it. */
async function sends(page, path, data) {
  const headers = { 'Idempotency-Key': crypto.randomUUID() }
  const answer = await page.request.post(`${world.url}/v1/${path}`, { data, headers })
  assert.ok(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`)
  return answer.json()
}

/** A page of somebody who has just registered with the desk's institution, and their case once it is in training. */
async function trained(t) {
  const page = await visit(t, phone)
  const { texts } = await (await fetch(`${world.url}/v1/consent-texts`)).json()
  const terms = texts.find((text) => text.when === 'sign_up').version
  const password = '小舟从此逝，江海寄余生。'
  await sends(page, 'sign-ups', { login: `moving${Date.now()}`, password, terms })
  const { id } = await sends(page, 'cases', {
    name: '换班者',
    id_number: numbered(Date.now() + 5),
    occupation: 'intelligent-manufacturing',
    level: 'junior',
    district: 'haidian',
    training_body: world.desk.institution,
    evaluation_body: 'cmes',
    applicant: {
      category: 'in_post',
      education: [{ degree: 'bachelor', related_major: true, graduated_on: '2016-07-01', full_time: true }],
      titles: [],
      grades: [],
      work_started_on: '2016-09-01',
    },
    consents: texts.filter((text) => text.when === 'registration').map(({ kind, version }) => ({ kind, version })),
  })
  while ((await ask(`/v1/cases/${id}`, world.operator)).stage !== 'training')
    await new Promise((r) => setTimeout(r, 200))
  return { page, id }
}

it('a trainee goes from one class of their training body to another, by themselves and on a phone', async (t) => {
  const desk = await loggedIn(t, 'desk')
  const { today } = await (await desk.request.get(`${world.url}/v1/classes`)).json()
  const n = Date.now() % 1_000_000
  const [weekdays, weekends] = [`工作日班${n}`, `周末班${n}`]
  const makes = async (name) => {
    const days = { starts_on: day(today, 300), ends_on: day(today, 900) }
    const target = { occupation: 'intelligent-manufacturing', level: 'junior' }
    return (await sends(desk, 'classes', { ref: name, name, capacity: 9, ...target, ...days })).id
  }
  const [from, to] = [await makes(weekdays), await makes(weekends)]
  await sends(desk, `classes/${to}/offer`, { offered: true, fee_fen: 0, schedule: '每周六、周日', reason: '开始招生' })
  const { page, id } = await trained(t)
  await sends(desk, `classes/${from}/members`, { case_ids: [id] })

  await page.goto(at(`/cases/${id}`))
  const acts = page.getByRole('region', { name: '其他事项' })
  await acts.getByRole('button', { name: '换班' }).click()
  await acts.getByText(`现在的班：${weekdays}`).waitFor()
  await acts.getByText('还可以换2次').waitFor()
  const other = acts.locator('article', { hasText: weekends })
  await other.getByText('余9个名额（共9个）').waitFor()
  await other.getByText('不收费', { exact: true }).waitFor()
  await fits(page, 'other classes')
  await fine(page, 'other classes')
  await shot(page, 'own-moving')
  await other.getByRole('button', { name: `换到这个班: ${weekends}` }).click()

  await page.getByText(`学员换到“${weekends}”班，已记录的学时不变。`).waitFor()
  await acts.locator('article').first().waitFor({ state: 'detached' })
  await acts.getByRole('button', { name: '换班' }).click()
  await acts.getByText(`现在的班：${weekends}`).waitFor()
  await acts.getByText('还可以换1次').waitFor()
  await fits(page, 'the other class')
  await axeFindsNothing(page, 'the other class')
  await shot(page, 'own-moved')

  // Staff of the body find who came, and who left.
  await desk.goto(at(`/classes?class=${to}`))
  await desk.getByRole('dialog').getByText('学员（1）').waitFor()
  await desk.goto(at(`/classes?class=${from}`))
  await desk.getByRole('dialog').getByText('学员（0）').waitFor()
})
