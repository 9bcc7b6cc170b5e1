import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { Many } from '../src/pages/tasks/many'
import { load, Speak } from '../src/words/words'

// The client takes the browser's fetch over when it is made, which is before anything here runs.
const network = vi.hoisted(() => {
  const held = { answer: (_: Request): Promise<Response> => Promise.reject(new TypeError('nobody answers')) }
  globalThis.fetch = ((request: Request) => held.answer(request)) as typeof fetch
  return held
})

const english = await load('en')

const task = (id: string) => ({
  id,
  kind: 'exam',
  kind_name: 'Exam',
  state: 'open',
  attempt: 1,
  details: { issued_on: '2026-11-01', today: '2026-12-01', pass_mark: 60 },
  trainee: { name: `Trainee ${id}`, id_number_masked: '***' },
})

type Reply = { status: number; body: object }
const taken = (id: string): Reply => ({
  status: 200,
  body: { task_id: id, state: 'answered', forwarded: true, repeated: false },
})
const closed: Reply = { status: 409, body: { code: 'task_closed', title: 'Closed', detail: 'It is closed.' } }

/** A server that has three tasks, and says of each result what it is told to say. */
function server(replies: Record<string, Reply>) {
  const sent: [string, unknown][] = []
  network.answer = async (request) => {
    const [, , , id = '', posted] = new URL(request.url).pathname.split('/')
    const reply = posted ? (replies[id] ?? taken(id)) : { status: 200, body: task(id) }
    if (posted) sent.push([id, await request.json()])
    return new Response(JSON.stringify(reply.body), {
      status: reply.status,
      headers: { 'Content-Type': 'application/json' },
    })
  }
  return sent
}

async function shown() {
  render(
    <Speak first={english} onChange={() => undefined}>
      <QueryClientProvider client={new QueryClient()}>
        <Many tasks={['a', 'b', 'c'].map(task) as never} onClose={() => undefined} />
      </QueryClientProvider>
    </Speak>,
  )
  return screen.findByLabelText<HTMLInputElement>('Trainee a Score')
}

const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }))
const line = (id: string) => within(screen.getByText(`Trainee ${id}`).closest('li') as HTMLElement)

describe('results of many tasks', () => {
  it('are read once more before they are sent; lines without anything written are not', async () => {
    const sent = server({})
    fireEvent.change(await shown(), { target: { value: '77.5' } })
    fireEvent.click(screen.getByLabelText('Trainee b Absent'))
    press('Check')
    expect(
      screen.getByText(
        '2 will be sent: 1 scores, 1 absent, held on 2026-12-01. 1 without anything written are not sent.',
      ),
    ).toBeTruthy()
    expect(sent).toEqual([])
    press('Send it')
    await screen.findByText('2 recorded, 0 not taken.')
    expect(sent).toEqual([
      ['a', { score: 77.5, held_on: '2026-12-01' }],
      ['b', { absent: true, held_on: '2026-12-01' }],
    ])
    expect(line('c').getByLabelText('Trainee c Score')).toBeTruthy()
  })

  it('that are refused say why and stay to be mended; what was taken is not sent again', async () => {
    const replies: Record<string, Reply> = { b: closed }
    const sent = server(replies)
    const first = await shown()
    fireEvent.paste(first, { clipboardData: { getData: () => '70\n80\n90\n' } })
    press('Check')
    press('Send it')
    await screen.findByText('2 recorded, 1 not taken.')
    expect(line('b').getByText('It is closed.')).toBeTruthy()
    expect(line('b').getByLabelText<HTMLInputElement>('Trainee b Score').value).toBe('80')
    delete replies.b
    press('Check')
    press('Send it')
    await screen.findByText('3 recorded, 0 not taken.')
    expect(sent.map(([id]) => id)).toEqual(['a', 'b', 'c', 'b'])
  })

  it('that are none are pointed out, and nothing is sent', async () => {
    const sent = server({})
    fireEvent.change(await shown(), { target: { value: '101' } })
    press('Check')
    await waitFor(() => expect(line('a').getByText(/A number from 0 to 100/)).toBeTruthy())
    expect(screen.queryByRole('button', { name: 'Send it' })).toBeNull()
    expect(sent).toEqual([])
  })
})
