import { it } from 'node:test'
import { axeFindsNothing } from './axe.mjs'
import { ask, at, phone, shot, visit, world } from './browser.mjs'
import { consents, next, plans, saved, tellsOfThemselves } from './newcomers.mjs'
import { numbered } from './numbers.mjs'

const password = '小舟从此逝，江海寄余生。'
const send = async (page, path, data) => (await page.request.post(`${world.url}/v1/${path}`, { data })).json()

/** A social credit code of nobody, with its check character. */
function creditCode(n) {
  const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'
  const code = `91990000${String(n % 1e9).padStart(9, '0')}`
  const sum = [...code].reduce((sum, c, k) => sum + alphabet.indexOf(c) * (3 ** k % 31), 0)
  return code + alphabet[(31 - (sum % 31)) % 31]
}

/** An order class of the staff's institution, to which the employer that it is for has agreed. */
async function ordered(t) {
  const n = Date.now()
  const uscc = creditCode(n)
  const employer = await ask('/v1/employers', world.operator, {
    name: `例示公司${n % 10_000}`,
    uscc,
    district: 'haidian',
  })
  const { token } = await ask(`/v1/employers/${employer.id}/invitations`, world.operator, { label: 'order code' })
  const name = `单位订单班 ${n % 1_000_000}`
  const { id } = await plans(t, name, { capacity: 5, mode: 'order', sponsor: uscc })
  const staff = await visit(t)
  await send(staff, 'invitations/acceptance', { token, login: `sponsor${n}`, password })
  const agreed = await send(staff, `classes/${id}/agreement`)
  return { name, employer: employer.name, code: agreed.sponsor.order_code }
}

it('somebody comes by the code that their employer gave them, agrees that it sees how they do, and takes that back', async (t) => {
  const { name, employer, code } = await ordered(t)
  const page = await visit(t, phone)
  const texts = await (await fetch(`${world.url}/v1/consent-texts`)).json()
  const terms = texts.texts.find((text) => text.when === 'sign_up').version
  await send(page, 'sign-ups', { login: `coded${Date.now()}`, password, terms })
  await page.goto(at(`/my-registration?code=${code}`))
  await page.getByRole('heading', { level: 1, name: '我的情况' }).waitFor()

  // Whoever has only the code itself says it in the first step.
  await page.getByRole('button', { name: '职业和等级' }).click()
  await page.getByText(`凭${employer}的代码报名“${name}”`).waitFor()
  await page.getByRole('button', { name: '不用代码' }).click()
  await page.getByText('单位发了班级代码？').click()
  await page.getByLabel('班级代码').fill('AAAA-AAAA-AAAA')
  await page.getByRole('button', { name: '用代码报名' }).click()
  await page.getByRole('alert').getByText('没有使用此代码的班').first().waitFor()
  await axeFindsNothing(page, 'a code that is none')
  await shot(page, 'code-none')
  await page.getByLabel('班级代码').fill(code.toLowerCase().replace(/(.{4})/g, '$1 '))
  await page.getByRole('button', { name: '用代码报名' }).click()
  await page.getByRole('heading', { name }).waitFor()
  await next(page)
  await tellsOfThemselves(page)
  await next(page)
  await page.getByRole('heading', { name }).waitFor()
  await page.locator('section[aria-labelledby=evaluation_body] input:enabled').first().check()
  await axeFindsNothing(page, 'a class by its code')
  await shot(page, 'code-choice')
  await next(page)
  await page.getByLabel('姓名').fill('单位来者')
  await page.getByLabel('证件号码').fill(numbered(Date.now() + 7))
  for (const _ of ['identity', 'photo', 'contacts']) await next(page)
  await consents(page)
  await next(page)
  await page.getByRole('button', { name: '提交报名' }).click()
  await page.getByRole('alert').getByRole('button', { name: '修改' }).click()
  const sponsor = page.locator('[data-consent=sponsor]')
  await sponsor.getByText(employer).waitFor()
  await sponsor.getByRole('checkbox').check()
  await saved(page)
  await axeFindsNothing(page, 'what an employer sees')
  await shot(page, 'code-consents')
  await next(page)
  await page.getByRole('button', { name: '提交报名' }).click()
  await page.waitForURL(/\/cases\/[0-9a-f-]{36}$/)

  const seen = page.getByRole('region', { name: '用人单位' })
  await seen.getByText(`${employer}可以查看您在“${name}”的姓名`).waitFor()
  await axeFindsNothing(page, 'a case by a code')
  await shot(page, 'code-case')
  await seen.getByRole('button', { name: '撤回同意' }).click()
  await page.getByRole('tooltip').getByRole('button', { name: '撤回同意' }).click()
  await seen.getByText(`${employer}看不到您的情况`).waitFor()
})
