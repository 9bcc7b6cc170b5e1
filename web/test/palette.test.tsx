import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen } from '@testing-library/react'
import { useState } from 'react'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Role } from '../src/api/session'
import { useCommands } from '../src/shell/commands'
import { Palette } from '../src/shell/palette'
import { load, Speak } from '../src/words/words'

const went = vi.hoisted(() => vi.fn())
vi.mock('@tanstack/react-router', async (real) => ({ ...(await real<object>()), useNavigate: () => went }))

const english = await load('en')

// The document of these tests knows no dialogs above it.
beforeAll(() => {
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
    this.open = true
  }
})

const operator: Role = 'operator'
const ran = vi.fn()
function Page({ close }: { close: () => void }) {
  useCommands([{ id: 'claim', name: 'Claim what is picked', kind: '3 picked', run: ran }])
  const [open, show] = useState(false)
  return open ? <Palette role={operator} close={close} /> : <button type="button" onClick={() => show(true)} />
}

function palette() {
  const close = vi.fn()
  render(
    <Speak first={english} onChange={() => undefined}>
      <QueryClientProvider client={new QueryClient()}>
        <Page close={close} />
      </QueryClientProvider>
    </Speak>,
  )
  fireEvent.click(screen.getByRole('button'))
  return { close, field: screen.getByRole('combobox') }
}

const options = () => screen.getAllByRole('option').map((o) => o.textContent)

describe('the palette', () => {
  it('finds places by their names, and leads to the one that is meant', () => {
    const { close, field } = palette()
    fireEvent.change(field, { target: { value: 'allowed' } })
    expect(options()).toEqual([expect.stringContaining('Allowed hosts')])
    fireEvent.submit(field)
    expect(went).toHaveBeenCalledWith({ to: '/allowed-hosts' })
    expect(close).toHaveBeenCalledOnce()
  })

  it('is moved through by arrows, and says which line is meant', () => {
    const { field } = palette()
    const first = field.getAttribute('aria-activedescendant')
    fireEvent.keyDown(field, { key: 'ArrowDown' })
    const second = field.getAttribute('aria-activedescendant') ?? ''
    expect(second).not.toBe(first)
    expect(document.getElementById(second)?.getAttribute('aria-selected')).toBe('true')
    fireEvent.keyDown(field, { key: 'ArrowUp' })
    expect(field.getAttribute('aria-activedescendant')).toBe(first)
  })

  it('says when nothing fits', () => {
    const { field } = palette()
    fireEvent.change(field, { target: { value: 'nothing of the kind' } })
    expect(screen.getByRole('status').textContent).toBe('Nothing fits')
  })
})

describe('what a page offers', () => {
  it('stands in the palette, and is done from there', () => {
    const { field } = palette()
    fireEvent.change(field, { target: { value: 'claim' } })
    fireEvent.submit(field)
    expect(ran).toHaveBeenCalledOnce()
  })
})
