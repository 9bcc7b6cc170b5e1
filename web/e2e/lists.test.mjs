import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { axeFindsNothing } from './axe.mjs'
import { at, loggedIn, world } from './browser.mjs'

const today = async () => (await fetch(`${world.url}/v1/institutions`)).json()

/** A list as a file: what is published now, with one name in brackets of another width, and one line that is wrong if asked for. */
async function file(role = '培训机构') {
  const { institutions, ce_bases } = await today()
  const roles = { training: '培训机构', evaluation: '评价机构' }
  const lines = [
    '文号,京人社专技字〔2099〕1号',
    '年度,2099',
    '生效日期,2099-01-01',
    '单位名称,角色,职业,等级,序号,基地级别,备注',
    ...institutions.map((i) => `${i.name.replace(/\((.*)\)/, '（$1）')},${roles[i.role]},${i.occupation.code},,,,`),
    `登峰学院,${role},cloud-computing,,,,`,
    ...ce_bases.map((b) => `${b.name},继续教育基地,,,${b.number ?? ''},,`),
  ]
  return { name: '2099.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) }
}

describe('a published list', () => {
  it('is refused row by row, imported, decided on name by name, shown with what it changes, and put aside', async (t) => {
    const page = await loggedIn(t, 'operator')
    await page.goto(at('/lists'))
    await page.locator('.listing tbody tr').first().waitFor()
    await page.getByRole('button', { name: '导入名单' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: '读取并核对' }).click()
    await dialog.getByText('请先选择文件').waitFor()
    await dialog.getByLabel('名单文件').setInputFiles(await file('办学机构'))
    await dialog.getByRole('button', { name: '读取并核对' }).click()
    await dialog.getByRole('cell', { name: '第24行 · 角色' }).waitFor()

    await dialog.getByLabel('名单文件').setInputFiles(await file())
    await dialog.getByRole('button', { name: '读取并核对' }).click()
    await dialog.getByText('还有1个名称待确认，确认后方可实施。').waitFor()
    await axeFindsNothing(page)
    const choice = dialog.getByRole('radio', { name: /^中国地质大学\(北京\)更名/ })
    await choice.check()
    await dialog
      .getByRole('button', { name: '确 认' })
      .or(dialog.getByRole('button', { name: '确认', exact: true }))
      .first()
      .click()
    await dialog.getByText('中国地质大学(北京) → 中国地质大学（北京）').waitFor()
    await dialog.getByText('登峰学院 · ', { exact: false }).first().waitFor()
    await dialog.getByRole('button', { name: '实施名单' }).click()
    await dialog.getByText('请填写').waitFor()

    await dialog.locator('summary', { hasText: '作废此名单' }).click()
    await dialog.getByRole('textbox', { name: '理由' }).last().fill('只是试一试')
    await dialog.getByRole('button', { name: '作废此名单' }).click()
    await dialog.getByText('已作废').waitFor()
    await page.goto(at('/lists'))
    await page.locator('.listing tbody tr', { hasText: '京人社专技字〔2099〕1号' }).getByText('已作废').waitFor()
    assert.ok(
      (await today()).institutions.every((i) => i.name !== '登峰学院'),
      'nothing of it holds',
    )
  })
})
