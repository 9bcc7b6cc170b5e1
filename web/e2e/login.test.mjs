import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { at, counts, enter, logsIn, person, visit, world } from './browser.mjs'

const first = {
  trainee: /\/cases\/[0-9a-f-]{36}$/,
  institution: /\/tasks$/,
  operator: /\/overview$/,
  administrator: /\/accounts$/,
}

describe('logging in', () => {
  for (const [role, path] of Object.entries(first)) {
    it(`with a local account leads ${role} to their first page, with real data on it`, async (t) => {
      const page = await logsIn(t, role)
      await page.waitForURL(path)
      await page.locator('main h1').waitFor()
      if (role === 'trainee') await counts(page.locator('.camp'), 7)
      else if (role === 'operator') await page.locator('.today .figure').first().waitFor()
      else await page.locator('.listing tbody tr').first().waitFor()
    })
  }

  it('with a wrong password says so, and says nothing of what was sent', async (t) => {
    const page = await visit(t)
    await page.goto(at('/login'))
    await enter(page, { ...person('trainee'), password: 'not the password at all' })
    const alert = page.getByRole('alert')
    await alert.waitFor()
    assert.ok(!(await alert.innerText()).includes('not the password'))
    assert.match(page.url(), /\/login$/)
  })

  it('is locked for a while after too many wrong passwords, and the page says that', async (t) => {
    const page = await visit(t, { lang: 'en-GB' })
    await page.goto(at('/login'))
    for (let n = 0; n < 6; n++) {
      await enter(page, { login: 'nobody-at-all', password: `guess number ${n}` })
      await page.getByRole('alert').waitFor()
      await page.locator('button[type=submit]:not(.ant-btn-loading)').waitFor()
    }
    await page.getByText('locked for a while').first().waitFor()
  })

  it('works by keyboard alone', async (t) => {
    const page = await visit(t)
    const { login, password } = person('institution')
    await page.goto(at('/login'))
    await page.locator('input[autocomplete=username]').waitFor()
    await page.keyboard.type(login) // the field has the focus from the start
    await page.keyboard.press('Tab')
    await page.keyboard.type(password)
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/tasks$/)
    await page.reload()
    await page.locator('.listing a.opener').first().waitFor()
    await page.keyboard.press('Tab')
    const skip = page.locator('.skip')
    assert.ok(await skip.evaluate((link) => link === document.activeElement), 'the first stop leads to the content')
    await page.keyboard.press('Enter')
    await page.locator('.listing a.opener').first().focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
  })

  it('leads back to where somebody wanted to go', async (t) => {
    const page = await visit(t)
    await page.goto(at('/incidents?stage=exam'))
    await page.waitForURL(/\/login\?back=/)
    await enter(page, person('operator'))
    await page.waitForURL(/\/incidents\?stage=exam$/)
  })

  it('by an identity provider leads there, and back to where somebody wanted to go', async (t) => {
    const page = await visit(t, { also: [world.provider] })
    await page.goto(at('/security'))
    await page.waitForURL(/\/login\?back=/)
    await page.locator('a[href^="/login/oidc"]').click()
    await page.locator('input[name=login]').fill(world.known.login)
    await page.locator('input[name=password]').fill(world.known.password)
    await page.locator('button[type=submit]').click()
    await page.waitForURL(/\/app\/security$/)
    await page.getByText('您的账户不用密码登录').waitFor()
    await page.getByRole('link', { name: '我的个案' }).click()
    await page.getByRole('heading', { name: '还没有培养个案' }).waitFor()
  })

  it('by an identity provider that turned somebody away says so', async (t) => {
    const page = await visit(t)
    await page.goto(at('/login?problem=oidc_failed'))
    await page.getByRole('alert').getByText('未能完成').waitFor()
  })

  it('leads nowhere else than here', async (t) => {
    const page = await visit(t)
    await page.goto(at(`/login?back=${encodeURIComponent('//example.com/')}`))
    await enter(page, person('operator'))
    await page.waitForURL(/\/app\/overview$/)
  })
})

describe('logging out', () => {
  it('ends the session: going back shows nothing any more', async (t) => {
    const page = await logsIn(t, 'institution')
    await page.waitForURL(/\/tasks$/)
    await page.getByRole('button', { name: '退出登录' }).click()
    await page.waitForURL(/\/login/)
    await page.goto(at('/tasks'))
    await page.waitForURL(/\/login\?back=/)
  })

  it('elsewhere ends a session here, and the log-in leads back', async (t) => {
    const here = await logsIn(t, 'elsewhere', { lang: 'en-GB' })
    const there = await logsIn(t, 'elsewhere', { lang: 'en-GB' })
    await here.goto(at('/incidents?state=closed'))
    await here.locator('main h1').waitFor()
    await there.goto(at('/security'))
    await there.getByRole('button', { name: 'Log out everywhere else' }).click()
    await there.getByRole('button', { name: 'Log out everywhere else' }).waitFor({ state: 'hidden' })
    await here.waitForURL(/\/login\?back=/)
    await enter(here, person('elsewhere'))
    await here.waitForURL(/\/incidents\?state=closed$/)
  })
})
