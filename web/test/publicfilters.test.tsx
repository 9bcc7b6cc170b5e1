import { fireEvent, render, screen } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import { PublicFilters } from '../src/list/publicfilters'
import { load, Speak } from '../src/words/words'

const changed = vi.hoisted(() => [] as object[])
vi.mock('../src/list/change', () => ({ useChange: () => (change: object) => changed.push(change) }))

const english = await load('en')

const sought = (value: string | undefined) => (
  <Speak first={english} onChange={() => undefined}>
    <PublicFilters filters={[{ name: 'q', label: 'Name', value, type: 'search' }]} />
  </Speak>
)

it('what is sought on a public page goes to the address, and the field says what the address does', () => {
  const { rerender } = render(sought(undefined))
  const field = screen.getByLabelText<HTMLInputElement>('Name')
  fireEvent.change(field, { target: { value: ' nobody ' } })
  fireEvent.submit(field)
  expect(changed).toEqual([{ q: 'nobody', page: undefined }])
  rerender(sought('nobody'))
  expect(field.value).toBe('nobody')
  // Everything is shown again, by a link.
  rerender(sought(undefined))
  expect(field.value).toBe('')
})
