import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { axeFindsNothing } from './axe.mjs'
import { ask, at, counts, fits, loggedIn, phone, visit, world } from './browser.mjs'

describe('a page of another role', () => {
  for (const [role, path] of [
    ['trainee', '/incidents'],
    ['institution', '/incidents'],
    ['operator', '/accounts'],
    ['trainee', '/invitations'],
    ['operator', '/api-keys'],
    ['operator', '/tasks'],
    ['operator', '/my-certificates'],
    ['administrator', `/cases/${world.stuck}`],
  ]) {
    it(`is not shown: ${path.split('/')[1]} to ${role}`, async (t) => {
      const page = await loggedIn(t, role)
      await page.goto(at(path))
      await page.getByRole('heading', { name: '这个页面不属于您的角色' }).waitFor()
    })
  }

  it("and another person's case are not found", async (t) => {
    const page = await loggedIn(t, 'trainee')
    await page.goto(at(`/cases/${world.stuck}`))
    await page.getByRole('alert').waitFor()
    await counts(page.locator('.camp'), 0)
  })

  it('that is nowhere says so', async (t) => {
    const page = await loggedIn(t, 'operator')
    await page.goto(at('/nowhere'))
    await page.getByRole('heading', { name: '没有这个页面' }).waitFor()
  })
})

describe('the language', () => {
  it("is the browser's, can be changed, and stays so", async (t) => {
    const page = await visit(t, { lang: 'en-GB' })
    await page.goto(at('/login'))
    await page.getByRole('heading', { name: 'Log in' }).waitFor()
    await page.getByRole('button', { name: '中文' }).click()
    await page.getByRole('heading', { name: '登录' }).waitFor()
    assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN')
    await page.reload()
    await page.getByRole('heading', { name: '登录' }).waitFor()
  })

  it('changes what the interface says, too', async (t) => {
    const page = await loggedIn(t, 'operator')
    await page.goto(at(`/cases/${world.stuck}`))
    await page.getByText('不符合参加条件').first().waitFor()
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByText('does not meet').first().waitFor()
  })
})

describe('a list', () => {
  it('has its filters and order in its address, and keeps them when it is loaded again', async (t) => {
    const page = await loggedIn(t, 'institution', { lang: 'en-GB' })
    await page.goto(at('/'))
    await page.locator('.listing tbody tr').first().waitFor()
    await page.getByLabel('State', { exact: true }).click()
    await page.getByTitle('Answered', { exact: true }).click()
    await page.waitForURL(/state=answered/)
    await page.getByRole('button', { name: /^Due/ }).click()
    await page.waitForURL(/sort=due_at/)
    await page.reload()
    await page.locator('.listing tbody tr').first().waitFor()
    assert.match(page.url(), /state=answered.*sort=due_at/)
    await counts(page.locator('th[aria-sort=ascending]'), 1)
    for (const state of await page.locator('.listing tbody td:last-child').allInnerTexts()) {
      assert.equal(state.trim(), 'Answered')
    }
    await page.goBack()
    await page.waitForURL((url) => !url.search.includes('sort='))
  })

  it('opens a row beside it, at an address that can be passed on', async (t) => {
    const page = await loggedIn(t, 'institution')
    await page.goto(at('/'))
    await page.locator('.listing a.opener').first().click()
    await page.waitForURL(/task=[0-9a-f-]{36}/)
    await page.getByRole('dialog').getByText('证件号码', { exact: true }).waitFor()
    assert.match(await page.getByRole('dialog').innerText(), /\*{6,}/, 'the number is masked')
    await page.reload()
    await page.getByRole('dialog').getByText('证件号码', { exact: true }).waitFor()
  })

  it('is made of cards on a phone, without a scroll bar across', async (t) => {
    const page = await loggedIn(t, 'institution', phone)
    await page.goto(at('/'))
    await page.locator('.cards > li').first().waitFor()
    await fits(page)
  })
})

describe('an operator', () => {
  it('sees what is stuck by its causes, asks to let one through, and takes that back; what a colleague asks for is decided on', async (t) => {
    const page = await loggedIn(t, 'operator')
    await page.goto(at('/incidents'))
    await page.locator('.cause', { hasText: '不符合参加条件' }).click()
    await page.waitForURL(/cause=eligibility_not_met/)
    await page.goto(at(`/incidents?incident=${world.incident}`))
    const dialog = page.getByRole('dialog')
    await dialog.getByText('学员目前不符合参加培育项目的条件').waitFor()
    await dialog.getByText('凭依据放行').click()
    await dialog.getByRole('button', { name: '提交复核' }).click()
    await counts(dialog.getByText('请填写'), 3, 'not without its evidence, what allows it, and a reason')
    await dialog.getByRole('textbox', { name: '依据', exact: true }).fill('原件已核对')
    await dialog.getByRole('textbox', { name: '政策依据' }).fill('京人社专技字〔2023〕91号')
    await dialog.getByRole('textbox', { name: '理由' }).fill('学历证书系补发，原件已核对')
    await dialog.getByRole('button', { name: '提交复核' }).click()
    await dialog.getByRole('status').getByText('凭依据放行 · 待复核').waitFor()

    await page.goto(at('/approvals?whose=mine'))
    await page.getByRole('link', { name: '凭依据放行' }).click()
    await dialog.getByText('须由另一人审批').waitFor()
    await counts(dialog.getByRole('radio'), 0, 'nobody decides on what they asked for')
    await dialog.getByRole('button', { name: '撤回申请' }).click()
    await dialog.getByText('已撤回').waitFor()

    await ask(`/v1/incidents/${world.incident}/resolution`, world.operator, {
      verb: 'override',
      evidence: '原件已核对',
      legal_basis: '京人社专技字〔2023〕91号',
      reason: '学历证书系补发',
    })
    await page.goto(at('/approvals?whose=others'))
    await page.getByRole('link', { name: '凭依据放行' }).click()
    await dialog.getByText('通过后的效果').waitFor()
    await axeFindsNothing(page, 'what a colleague asks for')
    await dialog.getByText('批准', { exact: true }).click()
    await dialog.getByRole('textbox', { name: '理由' }).fill('已另行核对原件')
    await dialog.getByRole('button', { name: '执行' }).click()
    await dialog.getByText('已通过').waitFor()
    await page.goto(at(`/incidents?incident=${world.incident}`))
    await dialog.getByText('已解除').waitFor()
    await dialog.getByText('学历证书系补发').waitFor()
  })
})
