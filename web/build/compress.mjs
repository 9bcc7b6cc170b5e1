// Compresses what was built, once and thoroughly: the server sends these files as they are. The page itself stays as it
// is, because each answer has a nonce of its own in it.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const built = new URL('../dist/app/', import.meta.url)
const assets = new URL('assets/', built)

for (const name of await readdir(assets)) {
  const file = new URL(name, assets)
  const content = await readFile(file)
  await writeFile(
    `${file.pathname}.br`,
    brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
  )
  await writeFile(`${file.pathname}.gz`, gzipSync(content, { level: 9 }))
  await rm(file)
}
