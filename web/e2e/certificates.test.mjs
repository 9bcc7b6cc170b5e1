import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { axeFindsNothing } from './axe.mjs'
import { ask, at, counts, loggedIn, world } from './browser.mjs'

/** Asks the interface as an operator who is not the one that logs in. */
const beside = (path, body) => ask(path, world.operator, body)

/** Asks until the answer will do: the demonstration takes its time. */
async function until(path, does) {
  for (let asked = 0; asked < 240; asked++) {
    const answer = await beside(path)
    if (does(answer)) return answer
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
  assert.fail(`${path} never came to what it should`)
}

/** A certificate of the demonstration that holds. */
async function valid() {
  const { certificates } = await until('/v1/certificates?status=valid', (list) => list.certificates.length > 0)
  return certificates[0]
}

describe('a certificate that says something wrong', () => {
  it('is corrected by two people, and says what is issued in its place', { timeout: 300_000 }, async (t) => {
    const { id, number } = await valid()
    const page = await loggedIn(t, 'operator')
    await page.goto(at(`/certificates/${id}`))
    await page.getByRole('heading', { name: '申请办理' }).waitFor()
    await page.getByText(number).first().waitFor()
    await axeFindsNothing(page)
    await page.getByRole('button', { name: '提出申请' }).click()
    await page.getByText('请填写').first().waitFor()

    const form = page.locator('section[aria-labelledby=ask]')
    await form.getByRole('combobox').click()
    await page.getByTitle('印制有误').click()
    await form.getByRole('textbox', { name: '姓名' }).fill('例示更')
    await form.getByRole('textbox', { name: '依据' }).fill('身份证复印件')
    await form.getByRole('textbox', { name: '理由' }).fill('姓名印错')
    await form.getByRole('button', { name: '提出申请' }).click()
    await page.getByText('这是您提出的申请，须由另一人审批。').waitFor()
    await counts(page.getByRole('radio', { name: '批准' }), 0, 'who asked does not decide')
    await axeFindsNothing(page)

    const { requests } = await beside(`/v1/certificate-requests?certificate=${id}`)
    const decision = { decision: 'approve', reason: '已核对', version: requests[0].version }
    await beside(`/v1/certificate-requests/${requests[0].id}/decision`, decision)
    await until(`/v1/certificates/${id}`, ({ status }) => status === 'superseded')
    await page.reload()
    await page.getByText('已由以下证书替代').waitFor()
    await page.getByText('已批准').waitFor()
  })

  it('is decided on by whoever did not ask, who sees what is to change', { timeout: 300_000 }, async (t) => {
    const { id } = await valid()
    const suspended = { reason_class: 'result_disputed', reason: '成绩有争议' }
    const asked = await beside(`/v1/certificates/${id}/suspensions`, suspended)
    const page = await loggedIn(t, 'operator')
    await page.goto(at(`/certificates/${id}`))
    const request = page.getByRole('article', { name: '暂扣' })
    await request.getByRole('radio', { name: '批准' }).check()
    await request.getByRole('textbox', { name: '理由' }).fill('属实')
    await axeFindsNothing(page)
    await request.getByRole('button').last().click()
    await page.getByText('已批准').waitFor()
    assert.equal((await beside(`/v1/certificate-requests/${asked.id}`)).state, 'approved')
    const state = page.locator('section[aria-labelledby=history] li').last()
    await state.getByText('成绩或者结果存在争议').waitFor()
  })
})

describe('the certificates of an institution', () => {
  it('are looked at together before anybody decides that they are revoked', { timeout: 300_000 }, async (t) => {
    const { issuer } = await valid()
    const page = await loggedIn(t, 'operator')
    await page.goto(at('/certificate-revocations'))
    const form = page.locator('section[aria-labelledby=ask]')
    await form.getByRole('textbox', { name: '机构代码' }).fill(issuer.id)
    await form.getByRole('combobox').last().click()
    await page.getByTitle('颁发机构误发').click()
    await form.getByRole('textbox', { name: '理由' }).fill('试一试')
    await form.getByRole('button', { name: '确定范围并提出申请' }).click()
    const asked = page.getByRole('article', { name: issuer.name })
    await asked.getByText('这是您提出的申请，须由另一人审批。').waitFor()
    await axeFindsNothing(page)
    await asked.getByRole('button', { name: '撤回申请' }).click()
    await asked.getByText('已撤回').waitFor()
  })
})
