import { fireEvent, render, screen } from '@testing-library/react'
import type { ReactNode } from 'react'
import { describe, expect, it, vi } from 'vitest'
import { Listing } from '../src/list/listing'
import { load, Speak } from '../src/words/words'

const english = await load('en')
const shown = (page: ReactNode) =>
  render(
    <Speak first={english} onChange={() => undefined}>
      {page}
    </Speak>,
  )

const rows = [
  { id: 'a', name: 'First' },
  { id: 'b', name: 'Second' },
]

function list(given: Partial<Parameters<typeof Listing<{ id: string; name: string }>>[0]> = {}) {
  const onChange = vi.fn()
  shown(
    <Listing
      name="Things"
      columns={[{ key: 'name', title: 'Name', sort: 'name', render: (row) => row.name }]}
      rowKey={(row) => row.id}
      query={{ data: { rows, total: 45 }, error: null, refetch: vi.fn(), isFetching: false }}
      size={20}
      page={undefined}
      sort={undefined}
      standing="name"
      onChange={onChange}
      open={undefined}
      empty={{ title: 'None', advice: 'There will be some.' }}
      {...given}
    />,
  )
  return onChange
}

describe('a list', () => {
  it('says how many there are, and leads to other pages', () => {
    const onChange = list()
    expect(screen.getByText('45 in all')).toBeTruthy()
    fireEvent.click(screen.getByTitle('2'))
    expect(onChange).toHaveBeenCalledWith({ page: 2 })
  })

  it('is turned round by the heading of its order, and begins at its first page', () => {
    const onChange = list({ page: 2 })
    expect(screen.getByRole('columnheader').getAttribute('aria-sort')).toBe('ascending')
    fireEvent.click(screen.getByRole('button', { name: /Name/ }))
    expect(onChange).toHaveBeenCalledWith({ sort: '-name', page: undefined })
  })

  it('leaves its standing order out of the address', () => {
    const onChange = list({ sort: '-name' })
    fireEvent.click(screen.getByRole('button', { name: /Name/ }))
    expect(onChange).toHaveBeenCalledWith({ sort: undefined, page: undefined })
  })

  it('that is empty says what that means', () => {
    list({ query: { data: { rows: [], total: 0 }, error: null, refetch: vi.fn(), isFetching: false } })
    expect(screen.getByText('There will be some.')).toBeTruthy()
  })

  it('that is on its way says so, and one that failed offers to try again', () => {
    list({ query: { data: undefined, error: null, refetch: vi.fn(), isFetching: true } })
    expect(screen.getByRole('status').textContent).toContain('Loading')
    const refetch = vi.fn()
    list({ query: { data: undefined, error: new Error('x'), refetch, isFetching: false } })
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(refetch).toHaveBeenCalledOnce()
  })
})
