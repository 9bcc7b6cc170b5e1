import assert from 'node:assert/strict'
import { it } from 'node:test'
import { axeFindsNothing } from './axe.mjs'
import { ask, at, fits, loggedIn, phone, shot, visit, world } from './browser.mjs'

const pdf = Buffer.from('%PDF-1.7\n居民身份证\n%%EOF\n')

/** A registration of somebody with a name and a number of the demonstration, ready to be sent but for whose they are. */
async function drafted(page) {
  const path = `/v1/cases/${world.examined}`
  const c = await ask(path, world.operator)
  const who = await ask(`${path}/unmasking`, world.operator, { fields: ['name', 'id_number'], reason: '核对证件' })
  const { texts } = await (await fetch(`${world.url}/v1/consent-texts`)).json()
  const contents = {
    ...who,
    id_type: 'resident_id',
    occupation: c.occupation.code,
    level: c.level.code,
    training_body: c.training_body.id,
    evaluation_body: c.evaluation_body.id,
    applicant: {
      category: 'in_post',
      education: [{ degree: 'bachelor', related_major: true, graduated_on: '2012-07-01', full_time: true }],
    },
    consents: texts.filter((x) => x.when === 'registration').map(({ kind, version }) => ({ kind, version })),
  }
  const made = await page.request.post(`${world.url}/v1/me/registration-drafts`, { data: { step: 'review', contents } })
  assert.ok(made.ok(), await made.text())
  return (await made.json()).id
}

it('whose number is another account’s says so, shows the document, and is answered by two of the city', async (t) => {
  const page = await visit(t, phone)
  await page.goto(at('/sign-up'))
  await page.getByLabel('登录名').fill(`claims${Date.now()}`)
  await page.getByLabel('密码', { exact: true }).fill('小舟从此逝，江海寄余生。')
  await page.getByRole('checkbox').check()
  await page.getByRole('button', { name: '注册并登录' }).click()
  await page.waitForURL((url) => !url.pathname.includes('sign-up'))
  const draft = await drafted(page)
  await page.goto(at(`/my-registration?draft=${draft}&step=review`))
  await page.getByRole('button', { name: '提交报名' }).click()
  const claiming = page.getByRole('region', { name: '该证件号码属于我本人' })
  await claiming.getByRole('textbox', { name: '情况说明' }).fill('有人用我的证件号码注册了账户')
  await fits(page)
  await axeFindsNothing(page, 'a claim is made')
  await shot(page, 'claims-claiming')
  await claiming.getByRole('button', { name: '提交认领' }).click()
  const own = page.getByRole('region', { name: '身份认领' })
  await own
    .getByLabel('文件', { exact: true })
    .setInputFiles({ name: '证件.pdf', mimeType: 'application/pdf', buffer: pdf })
  await own.getByRole('button', { name: '上传' }).click()
  await own.getByRole('status').getByText('已上传').waitFor()

  const desk = await loggedIn(t, 'operator', { width: 820, scheme: 'dark' })
  await desk.goto(at('/claims?state=asked'))
  await desk.locator('a.opener').first().waitFor()
  await fits(desk)
  const current = await desk.locator('.views [aria-current=page]').boundingBox()
  assert.ok(current.x >= 0 && current.x + current.width <= 820, 'the page that is shown is among those in the row')
  await shot(desk, 'claims')
  await desk.locator('a.opener').first().click()
  const sheet = desk.getByRole('dialog')
  await sheet.getByRole('link', { name: '证件.pdf' }).waitFor()
  await axeFindsNothing(desk, 'a claim is compared')
  await shot(desk, 'claims-compared')
  await sheet.getByText('不认可', { exact: true }).click()
  await sheet.getByRole('textbox', { name: '理由' }).fill('影像与登记照片不符')
  await sheet.getByRole('button', { name: '提出意见' }).click()
  await sheet.getByText('须由另一名经办人认定').waitFor()
  const id = new URL(desk.url()).searchParams.get('claim')
  await ask(`/v1/person-claims/${id}/decision`, world.operator, { agrees: false, reason: '另行核对，不符' })

  await page.goto(at('/my'))
  await own.getByText('未予认可').waitFor()
  await own.getByText('影像与登记照片不符').waitFor()
  await fits(page)
  await axeFindsNothing(page, 'a claim was answered')
  await shot(page, 'claims-answered')
})
