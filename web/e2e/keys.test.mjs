import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { axeFindsNothing } from './axe.mjs'
import { at, counts, loggedIn, world } from './browser.mjs'

/** What the interface says to who asks for tasks with a key. */
const tasks = async (key) =>
  (await fetch(`${world.url}/v1/tasks`, { headers: { Authorization: `Bearer ${key}` } })).status

describe('an API key', () => {
  it('is made and shown once, is good for what it was made for, is replaced without a gap, and refused once it is revoked', async (t) => {
    const page = await loggedIn(t, 'institution')
    await page.goto(at('/'))
    await page.getByRole('link', { name: '接口', exact: true }).click()
    await page.getByRole('link', { name: '接口密钥' }).click()
    await page.getByRole('button', { name: '新建密钥' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: '新建密钥' }).click()
    await counts(dialog.getByText('请填写'), 2, 'neither without a name nor without anything it is good for')
    await dialog.getByRole('textbox', { name: '名称' }).fill('排课系统')
    await dialog.getByRole('checkbox', { name: /^任务/ }).check()
    await dialog.getByRole('button', { name: '新建密钥' }).click()
    const key = await dialog.getByLabel('密钥', { exact: true }).inputValue()
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await dialog.getByRole('button', { name: '复制' }).click()
    await dialog.getByText('已复制').waitFor()
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), key)
    await axeFindsNothing(page)
    assert.equal(await tasks(key), 200)
    const courses = await fetch(`${world.url}/v1/courses`, { headers: { Authorization: `Bearer ${key}` } })
    assert.equal(courses.status, 403)

    await page.goto(at('/api-keys'))
    const row = page.locator('.listing tbody tr', { hasText: '排课系统' })
    await row.waitFor()
    assert.ok(!(await page.content()).includes(key), 'it is shown once')
    await row.locator('a.opener').click()
    await dialog.getByRole('button', { name: '更换密钥' }).click()
    const next = await dialog.getByLabel('密钥', { exact: true }).inputValue()
    assert.notEqual(next, key)
    assert.deepEqual([await tasks(key), await tasks(next)], [200, 200], 'both are good for a while')

    await dialog.getByRole('textbox', { name: '理由' }).fill('不再使用')
    await dialog.getByRole('button', { name: '撤销密钥' }).click()
    await dialog.getByText('已撤销').waitFor()
    assert.deepEqual([await tasks(key), await tasks(next)], [401, 200], 'its successor goes on')
    assert.equal(await dialog.getByLabel('密钥', { exact: true }).inputValue(), next, 'and is still to be copied')
  })
})
