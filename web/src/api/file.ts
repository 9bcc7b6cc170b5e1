/** Has the browser keep a file that the interface answered with, under the name that the answer gives it. */
export async function keep(call: Promise<{ data?: Blob; response: Response }>): Promise<void> {
  const { data, response } = await call
  if (!data) return
  const name = /filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1] ?? 'dengpan'
  const address = URL.createObjectURL(data)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The browser has taken it by then; an address that goes at once is gone before that in some.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
