// Matters that go on step by step, each taken by somebody else: requests and misconduct.
import { at, loggedIn } from './browser.mjs'

/** Opens the first matter of a list, as somebody of a role sees it. */
export async function opens(t, role, list, options) {
  const page = await loggedIn(t, role, options)
  await page.goto(at(list))
  await page.locator('a.opener').first().click()
  const sheet = page.getByRole('dialog')
  await sheet.locator('.facts').first().waitFor()
  return [page, sheet]
}

/** Fills in the form of a step, and takes it by its last button. */
export async function takes(sheet, heading, fill, named) {
  const step = sheet.getByRole('region', { name: heading, exact: true })
  await fill(step)
  await step.getByRole('button', { name: named }).last().click()
  await step.waitFor({ state: 'detached' })
}
