import { fireEvent, render, screen, within } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { Builder } from '../src/list/builder'
import type { Field } from '../src/list/fields'
import { load, Speak } from '../src/words/words'

const english = await load('en')

const fields: Field[] = [
  { name: 'stage', label: 'Stage', kind: 'choice', options: [{ value: 'exam', label: 'Exam' }] },
  { name: 'age', label: 'Days standing', kind: 'age' },
]

function builder(filter: string, refused?: { at: number; message: string }) {
  const apply = vi.fn()
  render(
    <Speak first={english} onChange={() => undefined}>
      <Builder fields={fields} filter={filter} refused={refused} apply={apply} close={vi.fn()} />
    </Speak>,
  )
  return { apply, text: screen.getByPlaceholderText(/queue:external/) as HTMLInputElement }
}

describe('conditions', () => {
  it('are built from what is written', () => {
    const { text } = builder('')
    fireEvent.change(text, { target: { value: 'stage:exam (age>30 OR -stage:exam)' } })
    expect(screen.getAllByRole('button', { name: 'Drop this condition' })).toHaveLength(3)
    expect(screen.getAllByRole('group')).toHaveLength(2)
  })

  it('are written from what is built', () => {
    const { apply, text } = builder('stage:exam age>30')
    const [first] = screen.getAllByRole('button', { name: 'Drop this condition' })
    if (first) fireEvent.click(first)
    expect(text.value).toBe('age>30')
    const [all] = screen.getAllByRole('group')
    if (all) fireEvent.click(within(all).getByRole('checkbox'))
    expect(text.value).toBe('-(age>30)')
    fireEvent.submit(text)
    expect(apply).toHaveBeenCalledWith('-(age>30)')
  })

  it('that cannot be read say where, and are not asked for', () => {
    const { apply, text } = builder('stage:exam')
    fireEvent.change(text, { target: { value: 'stage:exam burnt:yes' } })
    expect(screen.getByRole('status').textContent).toContain('At character 12: There is no such field.')
    expect(text.getAttribute('aria-invalid')).toBe('true')
    fireEvent.submit(text)
    expect(apply).not.toHaveBeenCalled()
  })

  it('that the server refuses say where it does', () => {
    builder('stage:exam', { at: 6, message: 'There is no such value.' })
    expect(screen.getByRole('status').textContent).toContain('At character 7: There is no such value.')
    expect(screen.getByRole('status').querySelector('mark')?.textContent).toBe('exam')
  })
})
