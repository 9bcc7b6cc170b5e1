import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { fireEvent, render, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { Arrived } from '../src/shell/arrived'
import { load, Speak } from '../src/words/words'

const english = await load('en')

type Answer = string | null | Error | Promise<never>

/** A page that shows a name, as each answer in turn says it or fails to. */
function Page({ answers }: { answers: Answer[] }) {
  const name = useQuery({
    queryKey: ['name'],
    queryFn: async () => {
      const said = await answers.shift()
      if (said instanceof Error) throw said
      return said ?? null
    },
  })
  return (
    <>
      <Arrived of={name}>{(said) => <h1>{said ?? 'Nobody'}</h1>}</Arrived>
      <output>{name.isRefetchError && 'lost once more'}</output>
    </>
  )
}

function asking(...answers: Answer[]) {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  render(
    <Speak first={english} onChange={() => undefined}>
      <QueryClientProvider client={queries}>
        <Page answers={answers} />
      </QueryClientProvider>
    </Speak>,
  )
  return queries
}

describe('what a page asks for', () => {
  it('is said to be coming until it is there', () => {
    asking(new Promise<never>(() => undefined))
    expect(screen.getByText('Loading')).toBeTruthy()
    expect(screen.queryByRole('heading')).toBeNull()
  })

  it('is shown once it is there, also where it is that there is nothing', async () => {
    asking(null)
    expect((await screen.findByRole('heading')).textContent).toBe('Nobody')
    expect(screen.queryByText('Loading')).toBeNull()
  })

  it('that does not come says so, and is asked for once more', async () => {
    asking(new Error('lost'), '张三')
    await screen.findByRole('alert')
    expect(screen.queryByText('Loading')).toBeNull()
    fireEvent.click(screen.getByRole('button'))
    expect((await screen.findByRole('heading')).textContent).toBe('张三')
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it('stays where asking once more fails', async () => {
    const queries = asking('张三', new Error('lost'))
    await screen.findByRole('heading')
    await queries.invalidateQueries({ queryKey: ['name'] })
    await screen.findByText('lost once more')
    expect(screen.getByRole('heading').textContent).toBe('张三')
    expect(screen.queryByRole('alert')).toBeNull()
  })
})
