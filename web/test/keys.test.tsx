import { fireEvent, render, renderHook, screen } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { keysNow, useKeys } from '../src/shell/keys'

const run = vi.fn()
function Page({ sheet = false }: { sheet?: boolean }) {
  useKeys([{ key: 'j', name: 'Next row', run }])
  return (
    <>
      <input aria-label="text" />
      <input type="checkbox" aria-label="pick" />
      {sheet && <dialog open>a sheet</dialog>}
    </>
  )
}

describe('a key', () => {
  it('does something wherever nobody writes', () => {
    run.mockClear()
    render(<Page />)
    fireEvent.keyDown(document.body, { key: 'j' })
    fireEvent.keyDown(screen.getByLabelText('pick'), { key: 'j' })
    expect(run).toHaveBeenCalledTimes(2)
  })

  it('is a letter where somebody writes, and belongs to the browser with others held', () => {
    run.mockClear()
    render(<Page />)
    fireEvent.keyDown(screen.getByLabelText('text'), { key: 'j' })
    fireEvent.keyDown(document.body, { key: 'j', ctrlKey: true })
    expect(run).not.toHaveBeenCalled()
  })

  it('does nothing to a page that lies below a sheet', () => {
    run.mockClear()
    render(<Page sheet />)
    fireEvent.keyDown(document.body, { key: 'j' })
    expect(run).not.toHaveBeenCalled()
  })

  it("is the browser's while its time has not come", () => {
    run.mockClear()
    renderHook(() => useKeys([{ key: 'Enter', name: 'Open', when: () => false, run }]))
    expect(fireEvent.keyDown(document.body, { key: 'Enter' })).toBe(true)
    expect(run).not.toHaveBeenCalled()
  })

  it('is forgotten with its page', () => {
    const { unmount } = render(<Page />)
    expect(keysNow().map((k) => k.name)).toEqual(['Next row'])
    unmount()
    expect(keysNow()).toEqual([])
  })
})
