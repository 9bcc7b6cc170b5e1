import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { at, loggedIn, world } from './browser.mjs'

describe('staff of an institution', () => {
  it('try their endpoint, replace what signs, pause it and let it go on, each with its outcome', async (t) => {
    const page = await loggedIn(t, 'desk')
    await page.goto(at('/'))
    await page.getByRole('link', { name: '接口', exact: true }).click()
    await page.waitForURL(/\/endpoint$/)
    await page.getByRole('button', { name: '发送测试事件' }).click()
    await page.getByText('对方已接收').waitFor()

    await page.getByRole('radio', { name: /Ed25519/ }).check()
    await page.getByRole('button', { name: '更换密钥' }).click()
    await page.getByText('请用列表中的公钥验证').waitFor()
    await page
      .getByText(/^whpk_/)
      .first()
      .waitFor()

    await page.getByRole('button', { name: '暂停', exact: true }).click()
    await page.getByRole('button', { name: '确认暂停' }).click()
    await page.getByText('请填写').waitFor()
    await page.getByRole('textbox', { name: '理由' }).fill('系统维护')
    await page.getByRole('button', { name: '确认暂停' }).click()
    await page.getByText('已暂停', { exact: true }).waitFor()
    await page.getByRole('button', { name: '恢复', exact: true }).click()
    await page.getByRole('textbox', { name: '理由' }).fill('维护结束')
    await page.getByRole('button', { name: '确认恢复' }).click()
    await page.getByRole('button', { name: '暂停', exact: true }).waitFor()
  })

  it('look into the log, and have what its filters pick sent once more, after they saw how many', async (t) => {
    const page = await loggedIn(t, 'desk')
    await page.goto(at('/deliveries?type=task.issued&state=delivered'))
    await page.locator('.listing a.opener').first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('"task_id"').waitFor()
    await dialog.getByText(/第1次/).waitFor()
    await dialog.getByRole('button', { name: '重新投递' }).click()
    await dialog.getByText('待投递').or(dialog.getByText(/第2次/)).first().waitFor()
    await dialog.getByRole('button', { name: '关闭' }).click()
    await page.getByRole('button', { name: '重新投递筛选出的事件' }).click()
    await page.getByText(/将重新投递至多\d+个事件/).waitFor()
    await page.getByRole('button', { name: '重新投递筛选出的事件' }).click()
    await page.getByText(/\d+个事件即将重新投递/).waitFor()
  })

  it('find a guide with lines that work, and a signature that is computed before their eyes', async (t) => {
    const page = await loggedIn(t, 'desk', { lang: 'en-GB' })
    await page.goto(at('/guide'))
    await page.getByText(`curl -H "Authorization: Bearer $KEY" "${world.url}/v1/tasks?state=open"`).waitFor()
    await page.getByText('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=').waitFor()
    await page.getByLabel('Body as received').fill('{"test":2432232314}')
    await page.getByText('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=').waitFor({ state: 'detached' })
  })
})

describe('an operator', () => {
  it('sees every endpoint with what waits for it, and allows a host and takes that back', async (t) => {
    const page = await loggedIn(t, 'operator')
    await page.goto(at('/endpoints'))
    await page.locator('.listing a.opener').first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('近一天投递').waitFor()
    await dialog.getByRole('button', { name: '关闭' }).click()
    await page.getByRole('link', { name: '允许的主机' }).click()
    await page.getByRole('button', { name: '允许一个主机' }).click()
    await dialog.getByRole('textbox', { name: '主机' }).fill('no host at all')
    await dialog.getByRole('textbox', { name: '理由' }).fill('专网')
    await dialog.getByRole('button', { name: '允许一个主机' }).click()
    await dialog.getByRole('alert').first().waitFor()
    await dialog.getByRole('textbox', { name: '主机' }).fill('hooks.internal.example')
    await dialog.getByRole('button', { name: '允许一个主机' }).click()
    await page.getByRole('link', { name: 'hooks.internal.example:443' }).click()
    await dialog.getByRole('textbox', { name: '理由' }).fill('已改用公网')
    await dialog.getByRole('button', { name: '取消允许' }).click()
    await page.getByRole('heading', { name: '没有例外' }).waitFor()
  })

  it('decides about an answer that no case could take', async (t) => {
    const desk = await loggedIn(t, 'desk')
    const nobodys = '0190f0f0-0000-7000-8000-000000000000'
    const sent = await desk.request.post(`${world.url}/v1/tasks/${nobodys}/result`, {
      data: { accepted_on: '2026-01-05' },
    })
    assert.equal(sent.status(), 404)
    const page = await loggedIn(t, 'operator')
    await page.goto(at('/dead-letters?state=open&reason=task_unknown'))
    await page.locator('.listing a.opener').first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('"accepted_on"').waitFor()
    await dialog.getByRole('radio', { name: /^放弃/ }).check()
    await dialog.getByRole('textbox', { name: '理由' }).fill('编号有误，已请机构核对')
    await dialog.getByRole('button', { name: '执行' }).click()
    await dialog.getByText('已放弃').waitFor()
  })
})
