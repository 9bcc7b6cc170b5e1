import { cleanup } from '@testing-library/react'
import { afterEach, vi } from 'vitest'
import { want } from '../src/words/words'

// Pieces of every reader's pages are tested.
await want('administrator')

afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
  localStorage.clear()
})
