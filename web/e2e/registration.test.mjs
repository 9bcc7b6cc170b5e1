import assert from 'node:assert/strict'
import { it } from 'node:test'
import { axeFindsNothing } from './axe.mjs'
import { at, counts, enter, fits, makes, phone, shot, visit, world } from './browser.mjs'
import { asksWhether, consents, next, plans, saved, trains } from './newcomers.mjs'
import { numbered } from './numbers.mjs'

/** A class of the staff's institution that anybody can join. */
async function offers(t) {
  const { code } = await trains()
  const { occupations } = await (await fetch(`${world.url}/v1/catalogue`)).json()
  const called = occupations.find((o) => o.code === code).name
  const name = `周末班 ${Date.now() % 1_000_000}`
  const { id } = await plans(t, name, { capacity: 2 })
  await makes(t, `classes/${id}/offer`, {
    offered: true,
    fee_fen: 480_000,
    refund: [{ until: 'start', percent: 100 }],
    venue: '学院路三十号',
    schedule: '每周六、周日上午',
    reason: '招生',
  })
  return { id, name, called }
}

/** A step of the registration: nothing is wider than the phone, axe finds nothing, and then it is left by its button. */
async function looked(page, name) {
  await page.getByRole('heading', { level: 1, name }).waitFor()
  await fits(page, name)
  await axeFindsNothing(page, name)
  await shot(page, `registration-${name}`)
}

it('somebody new asks whether they may join, makes an account, and registers on a phone, from two devices', async (t) => {
  const offered = await offers(t)
  const page = await visit(t, phone)
  await page.goto(at('/'))
  await page.locator('main').getByRole('link', { name: '能不能报' }).click()
  await looked(page, '能不能报？')
  await asksWhether(page, offered.called)
  await counts(page.locator('[data-outcome]'), 3)
  await looked(page, '能不能报？')
  await page.getByRole('button', { name: '带着这些内容去报名' }).click()

  await page.getByRole('link', { name: '注册学员账号' }).click()
  await page.getByRole('heading', { name: '注册学员账号' }).waitFor()
  const login = `new${Date.now()}`
  const account = { login, password: '小舟从此逝，江海寄余生。' }
  await page.getByLabel('登录名').fill(login)
  await page.getByLabel('密码', { exact: true }).fill('123')
  await page.getByRole('button', { name: '注册并登录' }).click()
  await page.getByText('请阅读并同意用户协议').waitFor()
  await page.getByRole('checkbox').check()
  await page.getByRole('button', { name: '注册并登录' }).click()
  await page.locator('.ant-form-item-explain-error').first().waitFor()
  await axeFindsNothing(page, 'sign-up')
  await shot(page, 'registration-sign-up')
  await page.getByLabel('密码', { exact: true }).fill(account.password)
  await page.getByRole('button', { name: '注册并登录' }).click()

  await looked(page, '职业和等级')
  await page.locator('.ant-select-content, .ant-select-selection-item', { hasText: offered.called }).first().waitFor()
  await next(page)
  await looked(page, '我的情况')
  await next(page)
  await looked(page, '机构和班级')
  await page.locator(`[data-class="${offered.id}"]`).getByRole('button').click()
  await page.getByText(/名额保留到/).waitFor()
  await page.locator('section[aria-labelledby=evaluation_body] input:enabled').first().check()
  await saved(page)
  await looked(page, '机构和班级')
  await next(page)
  await looked(page, '身份证件')
  await page.getByLabel('姓名').fill('古丽娜尔•买买提')
  await page.getByText('证书上将印为：古丽娜尔·买买提').waitFor()
  const number = numbered(Date.now())
  await page.getByLabel('证件号码').fill(number.slice(0, 17) + (number[17] === '0' ? '1' : '0'))
  await next(page)
  await page.locator('.ant-form-item-explain-error').waitFor()
  await page.getByLabel('证件号码').fill(number)
  await saved(page)
  await next(page)
  await looked(page, '照片')
  const proofs = page.getByRole('region', { name: '证明材料' })
  const proof = {
    name: '学位证书.pdf',
    mimeType: 'application/pdf',
    buffer: Buffer.from('%PDF-1.7\n学位证书\n%%EOF\n'),
  }
  await proofs.getByLabel('文件', { exact: true }).setInputFiles(proof)
  await proofs.getByRole('button', { name: '上传' }).click()
  await proofs.getByRole('link', { name: '学位证书.pdf' }).waitFor()
  await looked(page, '照片')

  // On another device.
  const desk = await visit(t)
  await desk.goto(at('/login?back=/my-registration'))
  await enter(desk, account)
  await desk.getByRole('button', { name: '接着填' }).click()
  await desk.getByRole('heading', { level: 1, name: '照片' }).waitFor()
  await desk.getByRole('button', { name: '身份证件' }).click()
  assert.equal(await desk.getByLabel('证件号码').inputValue(), number)
  await desk.getByRole('button', { name: '联系方式' }).click()
  const kept = desk.waitForResponse(
    (r) => r.request().method() === 'PUT' && !!r.request().postData()?.includes('new@demo.example'),
  )
  await desk.getByLabel('邮箱').fill('new@demo.example')
  await kept
  await saved(desk)
  await shot(desk, 'registration-desk')
  // Whoever looks at all of theirs and comes back finds what was filled in last.
  await desk.getByRole('link', { name: '全部草稿' }).click()
  await desk.getByRole('button', { name: '接着填' }).click()
  await desk.getByRole('heading', { level: 1, name: '联系方式' }).waitFor()
  assert.equal(await desk.getByLabel('邮箱').inputValue(), 'new@demo.example')

  // Two windows do not overwrite each other.
  await next(page)
  await page.getByRole('heading', { level: 1, name: '联系方式' }).waitFor()
  await page.getByLabel('邮箱').fill('other@demo.example')
  await page.getByRole('alert').getByText('草稿已在别处修改').waitFor()
  await axeFindsNothing(page, 'moved')
  await page.getByRole('button', { name: '改用那一份' }).click()
  await looked(page, '联系方式')
  await page.waitForFunction(() => document.querySelector('input[autocomplete=email]')?.value === 'new@demo.example')
  await next(page)
  await looked(page, '同意书')
  await next(page)
  await page.getByRole('button', { name: '提交报名' }).click()
  await page
    .getByRole('alert')
    .getByText(/报名所需的各项同意/)
    .waitFor()
  await looked(page, '核对提交')
  await page.getByRole('alert').getByRole('button', { name: '修改' }).click()
  await consents(page)
  await saved(page)
  await next(page)
  await page.getByRole('button', { name: '提交报名' }).click()
  await page.waitForURL(/\/cases\/[0-9a-f-]{36}$/)

  await page.goto(at('/my-reach'))
  await page.getByRole('button', { name: '同意: 宣传报道（可选）' }).click()
  await page.getByRole('button', { name: '撤回: 宣传报道（可选）' }).click()
  await page.getByRole('button', { name: '同意: 宣传报道（可选）' }).waitFor()
  await shot(page, 'registration-reach')
})
