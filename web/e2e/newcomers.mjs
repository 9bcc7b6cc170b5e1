// What somebody new does, as several tests need it.

export const phone = { width: 390, height: 844 }

/** Chooses one of a field's options. */
export async function choose(page, field, option) {
  await page.getByRole('combobox', { name: field }).first().click()
  await page.locator('.ant-select-dropdown:visible .ant-select-item-option', { hasText: option }).first().click()
}

/** Asks whether somebody may join who studied the subject and works in it. */
export async function asksWhether(page, occupation) {
  await choose(page, '职业', occupation)
  await choose(page, '等级', '初级')
  await tellsOfThemselves(page)
  await page.getByRole('button', { name: '看结果' }).click()
  await page.locator('[data-outcome]').first().waitFor()
}

/** Says that they work in the subject, which they studied. */
export async function tellsOfThemselves(page) {
  await choose(page, '人员类别', '在岗')
  await page.getByRole('button', { name: '添加一项学历' }).click()
  await choose(page, '学历层次', '本科')
  await page.getByLabel('毕业日期').fill('2012-07-01')
  await page.getByRole('checkbox', { name: /相关/ }).check()
}

/** The next step of a registration. */
export const next = (page) => page.getByRole('button', { name: '下一步' }).click()
/** What is filled in is with the server. */
export const saved = (page) => page.locator('[data-saving=saved]').waitFor()

/** Gives the consents that a registration needs. */
export async function consents(page) {
  for (const kind of ['processing', 'sensitive', 'sharing'])
    await page.locator(`[data-consent=${kind}]`).getByRole('checkbox').check()
}
