import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import type { Schema } from '../src/api/client'
import { Steps } from '../src/pages/misconduct/steps'
import { load, Speak } from '../src/words/words'

// The client takes the browser's fetch over when it is made, which is before anything here runs.
const asked = vi.hoisted(() => {
  const all: unknown[] = []
  globalThis.fetch = (async (request: Request) => {
    all.push([new URL(request.url).pathname, await request.json()])
    return new Response('{}', { status: 200, headers: { 'Content-Type': 'application/json' } })
  }) as typeof fetch
  return all
})

const english = await load('en')

type View = Schema['MisconductView']

function steps(options: View['steps']) {
  const of = { id: 'm1', steps: options } as View
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Speak first={english} onChange={() => undefined}>
        <Steps of={of} />
      </Speak>
    </QueryClientProvider>,
  )
}

describe('the steps of misconduct', () => {
  it('that a reader may not take say why, and cannot be taken', () => {
    steps([{ step: 'decision', why_not: { code: 'other_person_needed', name: 'Somebody else has to do this' } }])
    expect(screen.getByText('Somebody else has to do this')).toBeTruthy()
    expect(screen.queryByRole('button')).toBeNull()
  })

  it('are taken with what they ask for, and not without', async () => {
    steps([{ step: 'decision' }])
    const [button] = screen.getAllByRole('button')
    if (button) fireEvent.click(button)
    await waitFor(() => expect(screen.getAllByText('Please fill this in').length).toBeGreaterThan(0), { timeout: 3000 })
    expect(asked).toEqual([])
    fireEvent.click(screen.getByLabelText('Not founded'))
    fireEvent.change(screen.getByRole('textbox'), { target: { value: 'it was another seat' } })
    if (button) fireEvent.click(button)
    await waitFor(() =>
      expect(asked).toEqual([['/v1/misconduct/m1/decision', { founded: false, reason: 'it was another seat' }]]),
    )
  }, 20_000)
})
