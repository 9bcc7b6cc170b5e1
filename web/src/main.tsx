import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queries } from './queries'
import { router } from './router'
import { Theme } from './theme/theme'
import { language } from './words/language'
import { load, Speak } from './words/words'

const root = document.getElementById('root')
if (!root) throw new Error('the page has no place for the application')

// What the interface said in another language is asked for again.
const askAgain = () => void queries.invalidateQueries()

createRoot(root).render(
  <StrictMode>
    <Speak first={await load(language.get())} onChange={askAgain}>
      <Theme>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </Theme>
    </Speak>
  </StrictMode>,
)
