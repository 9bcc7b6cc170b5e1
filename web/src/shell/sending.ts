import { answer, api, type Schema } from '../api/client'
import { Failure } from '../api/failure'

type Asking = Schema['EvidenceBody']
type Upload = Schema['UploadView']

/** The types of files that are taken, by what their names end in: what a browser calls them depends on its machine. */
const media: Record<string, Asking['media_type']> = {
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv',
}

/** Whether a file is a table, by its name: only sheets may be. */
export const isTable = (name: string) => /\.(xlsx|csv)$/i.test(name)

const endings = Object.keys(media).map((ending) => `.${ending}`)

/** What a field for files lets people choose; and one for papers, of which no table is any. */
export const accepted = endings.join(',')
export const papersAccepted = endings.filter((ending) => !isTable(ending)).join(',')

/** The type of a file by its name; none when it is not taken. */
export function typeOf(name: string): Asking['media_type'] | undefined {
  return media[name.slice(name.lastIndexOf('.') + 1).toLowerCase()]
}

async function sha256(file: File): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Files a file: promises it, sends it to the address that is given for it, and says that it was sent. Answers its id. */
export async function send(
  file: File,
  about: Pick<Asking, 'subject_kind' | 'subject_id' | 'kind'>,
  progress: (share: number) => void,
): Promise<string> {
  const media_type = typeOf(file.name) ?? 'application/pdf'
  const promised = { ...about, name: file.name, media_type, size: file.size, sha256: await sha256(file) }
  const { id, upload } = await answer(api.POST('/v1/evidence', { body: promised }))
  await put(file, upload, progress)
  await answer(api.POST('/v1/evidence/{id}/completion', { params: { path: { id } } }))
  return id
}

/** Sends the bytes. Only this old way of asking tells how far it has come. */
function put(file: File, upload: Upload, progress: (share: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(upload.method, upload.url)
    for (const [name, value] of Object.entries(upload.headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total)
    request.onerror = () => reject(Failure.offline())
    request.onload = () => {
      if (request.status < 300) return resolve()
      const headers = { 'X-Request-ID': request.getResponseHeader('X-Request-ID') ?? '' }
      Failure.of(new Response(request.responseText, { status: request.status, headers })).then(reject, reject)
    }
    request.send(file)
  })
}
