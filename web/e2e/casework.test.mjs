import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { axeFindsNothing } from './axe.mjs'
import { at, counts, fits, loggedIn, world } from './browser.mjs'

describe('the page of a case, for an operator', () => {
  it('says what the case waits for and who can move it; the case is claimed, noted and acted on from the keyboard', async (t) => {
    const page = await loggedIn(t, 'operator')
    await page.goto(at(`/cases/${world.stuck}`))
    const wait = page.locator('[data-wait=incident]')
    await wait.waitFor()
    const said = await wait.innerText()
    for (const answer of ['不符合', '谁能推进', '开始于', '依据']) assert.ok(said.includes(answer), answer)
    await page.locator('[data-queue=decision]').waitFor()

    await page.keyboard.press('c')
    await page.getByRole('status').getByText('（我）').waitFor()

    await page.keyboard.press('n')
    const sheet = page.getByRole('dialog')
    await sheet.getByLabel('内容').fill('已电话核实 13812345678，等学员补材料')
    await axeFindsNothing(page, 'the sheet of a note')
    await sheet.getByRole('button', { name: '保存备注' }).click()
    await sheet.waitFor({ state: 'detached' })
    await page.getByRole('link', { name: '经办与备注' }).click()
    const note = page.locator('[data-note]').first()
    await note.waitFor()
    assert.doesNotMatch(await note.innerText(), /13812345678/, 'numbers are masked')

    await page.keyboard.press('r')
    await sheet.getByRole('button', { name: '选择: 凭依据放行' }).click()
    await sheet.getByRole('textbox', { name: '依据', exact: true }).fill('原件已核对')
    await sheet.getByRole('textbox', { name: '理由' }).fill('学历证书系补发')
    await sheet.getByRole('textbox', { name: '法规或政策依据' }).fill('京人社专技字〔2023〕91号 二（二）')
    await sheet.getByRole('button', { name: '先看结果' }).click()
    await sheet.locator('[data-preview=true]').waitFor()
    await axeFindsNothing(page, 'the sheet of an act')
    await sheet.getByRole('button', { name: '提交复核' }).waitFor()
    await page.keyboard.press('Escape')

    for (const [name, sign] of [
      ['决定', '.decision'],
      ['学时', '#hour-lines'],
      ['任务与送达', 'section[aria-label="任务与送达"]'],
      ['证书与材料', '#files'],
      ['后台执行', 'section[aria-labelledby=execution] .mark'],
      ['操作日志', '[data-action="case.assign"]'],
    ]) {
      await page.getByRole('navigation', { name: '个案的各部分' }).getByRole('link', { name }).click()
      await page.locator(sign).first().waitFor()
      await counts(page.locator('.case-sections [aria-current]'), 1, 'one part is said to be shown')
      await axeFindsNothing(page, name)
    }
    // An act that is sent is done: the case stands still, and goes on.
    for (const [verb, done] of [
      ['暂停', '[data-queue=paused]'],
      ['恢复', '[data-queue=decision]'],
    ]) {
      await page.keyboard.press('r')
      await sheet.getByRole('button', { name: `选择: ${verb}`, exact: true }).click()
      await sheet.getByRole('textbox', { name: '理由' }).fill('学员住院')
      await sheet.getByRole('button', { name: '先看结果' }).click()
      await sheet.locator('[data-preview=true]').waitFor()
      await sheet.getByRole('button', { name: '确认办理' }).click()
      await sheet.locator('[data-outcome=applied]').waitFor()
      await sheet.locator('[data-outcome] + div button').click()
      await page.locator(done).waitFor()
    }

    await page.setViewportSize({ width: 820, height: 1180 })
    await fits(page, 'on a tablet')
  })
})

describe('the record', () => {
  it('shows the audit log with what held before and since, and that it is as it was written', async (t) => {
    const page = await loggedIn(t, 'operator', { lang: 'en-GB' })
    await page.goto(at('/audit?action=case.register'))
    await page.locator('[data-faults="0"]').waitFor()
    await page.locator('[data-action="case.register"]').first().waitFor()
    await counts(page.locator('[data-action]:not([data-action="case.register"])'), 0)
  })

  it('shows what the rules say, where that is written, and what differs between versions', async (t) => {
    const page = await loggedIn(t, 'operator', { lang: 'en-GB' })
    await page.goto(at('/policy'))
    await page
      .locator('[data-version="beijing-2023+demo"]')
      .getByText(/Open cases/)
      .waitFor()
    await page.getByRole('heading', { name: 'Who may join (any one)' }).waitFor()
    await page.locator('ins').first().waitFor()
  })
})
