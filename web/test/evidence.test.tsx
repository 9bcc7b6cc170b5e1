import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { load, Speak } from '../src/words/words'

// The client takes the browser's fetch when it is made, so the server stands before.
let serve: (request: Request) => Promise<Response>
vi.stubGlobal('fetch', (request: Request) => serve(request))
const { Evidence } = await import('../src/shell/evidence')
const english = await load('en')

const row = {
  id: 'e1',
  institution: { id: 'ouc', name: 'OUC' },
  subject_kind: 'task',
  subject_id: 't1',
  kind: 'score_sheet',
  kind_name: 'Score sheet',
  name: 'scores.pdf',
  media_type: 'application/pdf',
  size: 2048,
  sha256: '00',
  state: 'complete',
  cited: false,
  asked_at: '2026-11-26T08:00:00Z',
}

/** A server that keeps what it is sent, and the addresses it is asked at. */
function server(role: string) {
  const asked: string[] = []
  const filed: object[] = []
  const json = (body: unknown, status = 200) =>
    new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
  serve = async (request) => {
    const path = new URL(request.url).pathname
    asked.push(`${request.method} ${path}`)
    if (path === '/v1/session') return json({ account: { role } })
    if (request.method === 'GET') return json({ evidence: filed, next: null })
    if (path === '/v1/evidence') {
      asked.push(await request.text())
      const headers = { 'Content-Type': 'application/pdf' }
      return json({ id: 'e1', upload: { method: 'PUT', url: '/put/e1', headers } })
    }
    filed.push(row)
    return json(row)
  }
  let answered = { status: 200, body: '' }
  class Sending {
    upload: { onprogress?: (e: object) => void } = {}
    onload?: () => void
    onerror?: () => void
    get status() {
      return answered.status
    }
    get responseText() {
      return answered.body
    }
    open(method: string, url: string) {
      asked.push(`${method} ${url}`)
    }
    setRequestHeader(name: string, value: string) {
      asked.push(`${name}: ${value}`)
    }
    getResponseHeader() {
      return null
    }
    send() {
      this.upload.onprogress?.({ lengthComputable: true, loaded: 1, total: 2 })
      this.onload?.()
    }
  }
  vi.stubGlobal('XMLHttpRequest', Sending)
  return { asked, filed, refuse: (body: object) => (answered = { status: 422, body: JSON.stringify(body) }) }
}

async function shown(role: string) {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  queries.setQueryData(['session'], { account: { role } })
  render(
    <Speak first={english} onChange={() => undefined}>
      <QueryClientProvider client={queries}>
        <Evidence about="task" id="t1" kinds={['score_sheet', 'other']} />
      </QueryClientProvider>
    </Speak>,
  )
}

const choose = (file: File) => fireEvent.change(screen.getByLabelText('File'), { target: { files: [file] } })

describe('files about a task', () => {
  it('are promised by their digest, sent where the server says, and then listed', async () => {
    const { asked } = server('institution')
    await shown('institution')
    await screen.findByText('No file was filed yet.')
    choose(new File(['%PDF-1.7'], 'scores.PDF'))
    fireEvent.click(screen.getByRole('button', { name: 'File it' }))
    expect(await screen.findByText('scores.pdf')).toBeTruthy()
    const promised = JSON.parse(asked.find((a) => a.startsWith('{')) ?? '{}')
    expect(promised).toMatchObject({
      subject_kind: 'task',
      subject_id: 't1',
      kind: 'score_sheet',
      media_type: 'application/pdf',
      size: 8,
      sha256: '86edbaa24831badfa0a8b04bb410141e2ee4182b6d0014493fe262a7a331c20b',
    })
    expect(asked.slice(-4)).toEqual([
      'PUT /put/e1',
      'Content-Type: application/pdf',
      'POST /v1/evidence/e1/completion',
      'GET /v1/evidence',
    ])
  })

  it('are not sent when they are of no type that is taken, and what the server refuses is said in its words', async () => {
    const { asked, refuse } = server('institution')
    await shown('institution')
    await screen.findByText('No file was filed yet.')
    choose(new File(['MZ'], 'scores.exe'))
    fireEvent.click(screen.getByRole('button', { name: 'File it' }))
    expect(await screen.findByText('A file of this kind is not taken.')).toBeTruthy()
    expect(asked.some((a) => a.startsWith('POST'))).toBe(false)
    refuse({ code: 'evidence_digest', title: 'Another file than promised', detail: 'Send it again.' })
    choose(new File(['%PDF-1.7'], 'scores.pdf'))
    fireEvent.click(screen.getByRole('button', { name: 'File it' }))
    expect(await screen.findByText('Another file than promised')).toBeTruthy()
    expect(asked.some((a) => a.endsWith('/completion'))).toBe(false)
  })

  it('are shown to operators, who file none', async () => {
    const { filed } = server('operator')
    filed.push({ ...row, name: undefined, cited: true })
    await shown('operator')
    expect((await screen.findByRole('link', { name: 'Download Score sheet' })).getAttribute('href')).toBe(
      '/v1/evidence/e1/file',
    )
    expect(screen.queryByLabelText('File')).toBeNull()
    expect(screen.getByRole('button', { name: 'Remove Score sheet' })).toBeTruthy()
  })
})
