import assert from 'node:assert/strict'
import { it } from 'node:test'
import { axeFindsNothing } from './axe.mjs'
import { ask, at, counts, loggedIn, world } from './browser.mjs'

const basis = { legal_basis: '京人社专技字〔2023〕91号', evidence: '两份证件已核对', reason: '换领了新证件' }

it('two records of one person are compared, merged by two operators, and taken apart by two', async (t) => {
  const { cases } = await ask('/v1/cases?filter=level:junior+training:norinco-talent&limit=1', world.operator)
  const page = await loggedIn(t, 'operator')
  await page.goto(at(`/cases/${world.moving}`))
  await page.getByRole('link', { name: '与另一份记录是同一人' }).click()
  const dialog = page.getByRole('dialog')
  const other = dialog.getByRole('textbox', { name: '并入记录的个案编号' })
  assert.equal(await dialog.getByRole('textbox', { name: '保留记录的个案编号' }).inputValue(), world.moving)
  await other.fill(world.stuck)
  await dialog.getByRole('button', { name: '对照两份记录' }).click()
  await dialog.getByRole('alert').getByText('须先撤销其中一件').waitFor()
  await counts(dialog.getByRole('button', { name: '提交审批' }), 0, 'both have a case for the same target')
  await axeFindsNothing(page, 'what keeps two records apart')

  await other.fill(cases[0].id)
  await dialog.getByRole('button', { name: '对照两份记录' }).click()
  await dialog.getByRole('button', { name: '提交审批' }).click()
  await counts(dialog.getByText('请填写'), 3, 'not without what shows it, what allows it, and a reason')
  await says(dialog)
  await axeFindsNothing(page, 'two records side by side')
  await dialog.getByRole('button', { name: '提交审批' }).click()
  await dialog.getByText('须由另一人审批').waitFor()
  await counts(dialog.getByRole('radio'), 0, 'nobody decides on what they asked for')

  const id = new URL(page.url()).searchParams.get('merge')
  const { seen } = await ask(`/v1/merges/${id}`, world.operator)
  await ask(`/v1/merges/${id}/decision`, world.operator, { decision: 'approve', reason: '已另行核对', seen })
  await page.reload()
  await dialog.getByText('已批准').waitFor()
  await dialog.getByRole('button', { name: '提出恢复分开' }).click()
  await says(dialog)
  await dialog.getByRole('button', { name: '提出恢复分开' }).click()
  await dialog.getByRole('status').getByText('已提交').waitFor()

  await page.goto(at('/merges?state=open'))
  await page.getByRole('link', { name: '恢复分开' }).first().click()
  await dialog.getByRole('button', { name: '撤回申请' }).click()
  await dialog.getByText('已撤回').waitFor()

  const { look } = await ask(`/v1/merges/${id}`, world.operator)
  const back = await ask(`/v1/merges/${id}/reversal`, world.operator, { ...basis, seen: look.seen })
  await page.goto(at(`/merges?merge=${back.id}`))
  await dialog.getByText('批准', { exact: true }).click()
  await dialog.getByRole('textbox', { name: '理由' }).fill('证件不是同一人')
  await dialog.getByRole('button', { name: '执行' }).click()
  await dialog.getByText('已批准').waitFor()
  await page.goto(at(`/merges?merge=${id}`))
  await dialog.getByText('已恢复分开').waitFor()
})

async function says(dialog) {
  await dialog.getByRole('textbox', { name: '依据', exact: true }).fill(basis.evidence)
  await dialog.getByRole('textbox', { name: '政策依据' }).fill(basis.legal_basis)
  await dialog.getByRole('textbox', { name: '理由' }).fill(basis.reason)
}
