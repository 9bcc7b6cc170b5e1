// Writes the interface's description as it is kept beside the code: what can break somebody, without words, and a line for
// each path and each schema, so that a change of it reads well.
import { readFileSync } from 'node:fs'

const words = new Set(['description', 'summary', 'tags', 'example', 'examples'])

/** What is left of a piece of the description without words. Names of fields are no words, whatever they are. */
const bare = (piece, ofNames = false) => {
  if (Array.isArray(piece)) return piece.map((p) => bare(p))
  if (piece === null || typeof piece !== 'object') return piece
  const kept = Object.entries(piece).filter(([name]) => ofNames || !words.has(name))
  return Object.fromEntries(kept.map(([name, value]) => [name, bare(value, name === 'properties')]))
}

const described = JSON.parse(readFileSync(0, 'utf8'))
const lines = (group) =>
  Object.keys(group)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${JSON.stringify(bare(group[name]))}`)
    .join(',\n')

console.log(`{"openapi":${JSON.stringify(described.openapi)},"info":{"title":"Dengpan","version":"released"},"paths":{
${lines(described.paths)}
},"components":{"schemas":{
${lines(described.components.schemas)}
}}}`)
