/**
 * Has the browser keep a file that the interface answered with, under the name that the answer gives it. It is asked for with
 * parseAs 'blob'; the description says of some files only that they are bytes.
 */
export async function keep(call: Promise<{ data?: unknown; response: Response }>): Promise<void> {
  const { data, response } = await call
  if (!(data instanceof Blob)) return
  const name = /filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1] ?? 'dengpan'
  save(data, name)
}

/** Has the browser keep a file under a name. */
export function save(data: Blob, name: string): void {
  const address = URL.createObjectURL(data)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The browser has taken it by then; an address that goes at once is gone before that in some.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

/** A file as the body of a request: the bytes are sent as they are, which the description calls a string. */
export const asBody = (file: File, type: string) => ({
  body: file as unknown as string,
  bodySerializer: (body: string) => body as unknown as Blob,
  headers: { 'Content-Type': type },
})

/** A file as text that fits into a request. */
export async function base64(file: File): Promise<string> {
  let text = ''
  for (const byte of new Uint8Array(await file.arrayBuffer())) text += String.fromCharCode(byte)
  return btoa(text)
}
