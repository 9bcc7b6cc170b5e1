import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { axeFindsNothing } from './axe.mjs'
import { at, counts, loggedIn, world } from './browser.mjs'

/** What the row says that has the focus. */
const hand = (page) => page.evaluate(() => document.activeElement?.closest('tr')?.innerText ?? '')

/** A list of cases, once its rows stand there. */
async function lists(page, path) {
  await page.goto(at(path))
  await page.locator('.listing tbody tr').first().waitFor()
}

describe('an operator at the keyboard', () => {
  it('goes through a queue, picks cases, claims them, opens one, and finds any page by its name', async (t) => {
    const page = await loggedIn(t, 'operator')
    await lists(page, '/queues')
    await page.keyboard.press('j')
    const first = await hand(page)
    await page.keyboard.press('x')
    await page.keyboard.press('j')
    const second = await hand(page)
    assert.notEqual(first, '')
    assert.notEqual(second, first, 'the next row has the focus')
    await page.keyboard.press('x')
    await page.getByText('已选取2条').first().waitFor()
    await axeFindsNothing(page, 'rows that are picked')
    await page.keyboard.press('c')
    await page.getByText(/已认领\d个个案。/).waitFor() // one of them may be theirs already
    await page.keyboard.press('k')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/cases\/[0-9a-f-]{36}/)
    await page.goBack()
    await page.locator('.listing tbody tr').first().waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('r')
    await page.getByRole('dialog').locator('[data-verb]').first().waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })

    await page.keyboard.press('Control+k')
    const palette = page.getByRole('combobox', { name: '去哪里' })
    await palette.fill(world.stuck)
    await page.getByRole('option').first().waitFor()
    await axeFindsNothing(page, 'the palette')
    await palette.fill('允许的主机')
    await palette.press('Enter')
    await page.waitForURL(/\/allowed-hosts/)
    await page.locator('main h1').waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog').getByText('命令面板').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })
})

describe('the conditions of a list', () => {
  it('stand in its address, are built and written, say where they are wrong, and go back with the browser', async (t) => {
    const page = await loggedIn(t, 'operator')
    await lists(page, '/cases')
    await page.keyboard.press('/')
    const text = page.getByRole('textbox', { name: '筛选表达式' })
    await text.fill('stage:registration burnt:yes')
    await page.getByText('第20个字符处：没有这个项目。').waitFor()
    await text.fill('status:stuck (stage:registration OR age>3000)')
    await axeFindsNothing(page, 'the builder')
    await text.press('Enter')
    await page.waitForURL((url) => url.searchParams.get('filter') === 'status:stuck (stage:registration OR age>3000)')
    await page.locator('.chip').nth(1).waitFor()
    await page.reload()
    await page.locator('.listing tbody tr').first().waitFor()
    for (const stage of await page.locator('.listing tbody td:nth-child(4)').allInnerTexts()) {
      assert.equal(stage.trim(), '报名登记')
    }
    await page.getByRole('button', { name: /^去掉：.*报名登记/ }).click()
    await page.waitForURL((url) => url.searchParams.get('filter') === 'status:stuck')
    await page.goBack()
    await page.waitForURL((url) => url.searchParams.get('filter')?.includes('age>3000'))
    // What only the server knows to be wrong, it says where.
    await page.goto(at(`/cases?filter=${encodeURIComponent('age>30 due:2026-02-30')}`))
    await page.getByText(/第12个字符处/).waitFor()
  })
})

describe('a view of a list', () => {
  it('is kept with its conditions and columns, and opened by another operator who it is shared with', async (t) => {
    const page = await loggedIn(t, 'operator')
    await lists(page, '/cases?filter=status:stuck')
    await page.getByRole('button', { name: '显示列' }).click()
    await page.getByRole('checkbox', { name: '规则版本' }).click()
    await page.getByRole('columnheader', { name: '规则版本' }).waitFor()
    await page.keyboard.press('Escape')
    const name = `受阻 ${Date.now()}`
    await page.getByRole('button', { name: '视图', exact: true }).click()
    await page.getByRole('textbox', { name: '视图名称' }).fill(name)
    await page.getByRole('checkbox', { name: '与其他经办人共享' }).click()
    await axeFindsNothing(page, 'the views')
    await page.getByRole('button', { name: '存为新视图' }).click()
    await page.waitForURL(/view=[0-9a-f-]{36}/)
    await page.getByRole('button', { name }).waitFor()

    const other = await loggedIn(t, 'district')
    await other.goto(at('/cases'))
    await other.locator('main h1').waitFor()
    await other.getByRole('button', { name: '视图', exact: true }).click()
    await other.getByRole('button', { name }).click()
    await other.waitForURL((url) => url.searchParams.get('filter') === 'status:stuck')
    await other.getByRole('button', { name: new RegExp(name) }).click()
    await counts(other.getByRole('button', { name: '删除' }), 0, 'it is for its owner to change')
  })
})

describe('a list as a file', () => {
  it('has the rows that the list has, in its order', async (t) => {
    const page = await loggedIn(t, 'operator')
    await lists(page, '/cases?filter=status:stuck+stage:registration&sort=registered')
    const shown = await page.locator('.listing tbody td:nth-child(2) .mono').allInnerTexts()
    await page.getByRole('button', { name: '导出' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV 文件' }).click(),
    ])
    const csv = await readFile(await download.path(), 'utf8')
    const [head, ...rows] = csv.split('\r\n')
    assert.match(head, /^\uFEFF编号,/, 'spreadsheets know the encoding')
    for (const [n, id] of shown.entries()) assert.ok(rows[n]?.includes(id), `row ${n}`)
  })
})

describe('a list of anything else', () => {
  it('has the same tools: events are narrowed, kept as a view, had as a file, and sent once more by keyboard', async (t) => {
    const page = await loggedIn(t, 'operator')
    await lists(page, '/deliveries?filter=state:delivered')
    await page.getByRole('button', { name: '显示列' }).click()
    await page.getByRole('checkbox', { name: '送达日期' }).click()
    await page.getByRole('columnheader', { name: '送达日期' }).waitFor()
    await page.keyboard.press('Escape')
    const name = `已送达 ${Date.now()}`
    await page.getByRole('button', { name: '视图', exact: true }).click()
    await page.getByRole('textbox', { name: '视图名称' }).fill(name)
    await page.getByRole('button', { name: '存为新视图' }).click()
    await page.waitForURL(/view=[0-9a-f-]{36}/)
    await page.goto(at('/deliveries'))
    await page.getByRole('button', { name: '视图', exact: true }).click()
    await page.getByRole('button', { name }).click()
    await page.waitForURL((url) => url.searchParams.get('filter') === 'state:delivered')
    await page.locator('.chip').waitFor()
    await page.getByRole('columnheader', { name: '送达日期' }).waitFor()
    await page.locator('.listing tbody tr').first().waitFor()
    await axeFindsNothing(page, 'deliveries with their tools')

    const total = Number(/\d+/.exec(await page.locator('.pages').innerText())?.[0])
    await page.getByRole('button', { name: '导出' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV 文件' }).click(),
    ])
    const [head, ...rows] = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n')
    assert.match(head, /^\uFEFF编号,事件,/)
    assert.ok(rows.length >= total, 'every event, not those of one page')
    assert.ok(rows.every((row) => row.includes('已送达')))

    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await page.keyboard.press('r')
    await page.getByText('1个事件即将重新投递').waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog').getByText('重新投递').waitFor()
    await page.keyboard.press('Escape')

    // Where nothing can be done with several rows, none is picked, and no key says it would.
    await lists(page, '/institutions')
    await counts(page.locator('.listing input[type=checkbox]'), 0)
    await page.keyboard.press('j')
    assert.notEqual(await hand(page), '')
  })
})

describe('the overview', () => {
  it('is what an operator sees first, and each figure leads to its list', async (t) => {
    const page = await loggedIn(t, 'operator')
    await page.goto(at('/'))
    await page.waitForURL(/\/overview/)
    await axeFindsNothing(page, 'the overview')
    // It is counted now and then, and shown by itself once it is.
    const figure = page.locator('.today .figure').filter({ hasText: /[1-9]/ }).first()
    await figure.waitFor({ timeout: 90_000 })
    await figure.click()
    await page.waitForURL((url) => url.searchParams.get('filter') === 'status:open')
    await page.locator('.listing tbody tr').first().waitFor()
    await page.locator('.chip', { hasText: '状态是未结束' }).waitFor()
  })
})
