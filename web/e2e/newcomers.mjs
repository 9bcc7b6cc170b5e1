// What somebody new does, and what they come for, as several tests need it.
import { choose, makes, person, world } from './browser.mjs'

const told = async (path) => (await fetch(`${world.url}/v1/${path}`)).json()

/** The institutions that are listed in a role. */
export const listed = async (role) => (await told(`institutions?role=${role}`)).institutions

/** What the staff's institution trains in. */
export const trains = async () =>
  (await listed('training')).find((i) => i.id === person('institution').institution).occupation

/** A day so many after another. */
export const day = (date, n) => new Date(Date.parse(`${date}T00:00:00Z`) + n * 86_400_000).toISOString().slice(0, 10)

/** A class of the staff's institution, far enough ahead for everybody to join it. */
export async function plans(t, name, more) {
  const { today } = await told('offered-classes')
  const occupation = (await trains()).code
  const days = { starts_on: day(today, 300), ends_on: day(today, 900) }
  return makes(t, 'classes', { ref: name, name, occupation, level: 'junior', ...days, ...more })
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
