import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, it } from 'node:test'
import { at, enter, visit, world } from './browser.mjs'

/** The code that an authenticator shows for a secret now, or some steps of 30 seconds later. */
function code(secret, later = 0) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...secret.replace(/[\s=]/g, '')].map((c) => letters.indexOf(c).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later))
  const mac = createHmac('sha1', key).update(counter).digest()
  const at = mac[mac.length - 1] & 15
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

describe('the second step', () => {
  it('is set up with a picture and a first code, and is then asked for when logging in', async (t) => {
    const page = await visit(t, { lang: 'en-GB' })
    await page.goto(at('/login?back=/security'))
    await enter(page, world.second)
    await page.getByRole('button', { name: 'Set it up' }).click()
    await page.locator('.ant-qrcode svg').waitFor()
    const secret = await page.locator('.enrol .mono').innerText()
    await page.getByLabel('The code that the authenticator shows').fill(code(secret))
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.getByText('Keep your recovery codes').waitFor()
    const recovery = await page.locator('.recovery li').allInnerTexts()
    assert.ok(recovery.length >= 8)

    await page.getByRole('button', { name: 'Log out', exact: true }).click()
    await page.waitForURL(/\/login/)
    await enter(page, world.second)
    await page.getByText('asks for a second step').waitFor()
    await page.getByLabel('Code', { exact: true }).fill('000000')
    await page.locator('button[type=submit]').click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Code', { exact: true }).fill(recovery[0])
    await page.locator('button[type=submit]').click()
    await page.locator('header.bar').waitFor()
  })

  it('does not stand in the way of changing a password, and differing ones are refused here', async (t) => {
    const page = await visit(t, { lang: 'en-GB' })
    await page.goto(at('/login?back=/security'))
    await enter(page, world.changes)
    await page.getByLabel('Your password now').fill(world.changes.password)
    await page.getByLabel('The new one', { exact: true }).fill('a pebble under seven bridges')
    await page.getByLabel('The new one again').fill('a pebble under eight bridges')
    await page.getByRole('button', { name: 'Change it' }).click()
    await page.getByText('The two new ones differ').waitFor()
    await page.getByLabel('The new one again').fill('a pebble under seven bridges')
    await page.getByRole('button', { name: 'Change it' }).click()
    await page.getByText('Your password is changed').waitFor()
  })
})
