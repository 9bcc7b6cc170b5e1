import { fireEvent, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Once } from '../src/shell/once'
import { load, Speak } from '../src/words/words'

const english = await load('en')

function shown() {
  render(
    <Speak first={english} onChange={() => undefined}>
      <Once title="Made" advice="It is shown this once." name="Key" value="a-secret" />
    </Speak>,
  )
  return screen.getByLabelText<HTMLInputElement>('Key')
}

afterEach(() => vi.unstubAllGlobals())

describe('what is shown once', () => {
  it('is copied, and it is said so', async () => {
    const writeText = vi.fn(async () => undefined)
    vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText } })
    shown()
    fireEvent.click(screen.getByRole('button', { name: 'Copy' }))
    expect(await screen.findByText('Copied')).toBeTruthy()
    expect(writeText).toHaveBeenCalledWith('a-secret')
  })

  it('is selected where a browser gives no clipboard, and it is said so', async () => {
    vi.stubGlobal('navigator', { ...navigator, clipboard: undefined })
    const field = shown()
    fireEvent.click(screen.getByRole('button', { name: 'Copy' }))
    expect(await screen.findByText(/It is selected/)).toBeTruthy()
    expect([field.selectionStart, field.selectionEnd]).toEqual([0, 'a-secret'.length])
  })
})
