import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { en, zh } from './catalogue'

/** What somebody presses, and can say the words of to be understood by a machine that listens (WCAG 2.5.3). */
const pressed = new Set(['a', 'button', 'Button', 'Checkbox', 'Link', 'Radio'])

const attribute = (of: ts.JsxElement, name: string) =>
  of.openingElement.attributes.properties.find((p) => ts.isJsxAttribute(p) && p.name.getText() === name)

/** The keys of the words that something says, in their order; what is hidden from who listens says none. */
function keysIn(node: ts.Node): string[] {
  if (ts.isJsxElement(node) && attribute(node, 'aria-hidden')) return []
  if (ts.isCallExpression(node) && node.expression.getText() === 't') return literals(node.arguments[0] as ts.Node)
  const keys: string[] = []
  node.forEachChild((child) => {
    keys.push(...keysIn(child))
  })
  return keys
}

/** The keys that an argument can be: one, or one of two. */
function literals(of: ts.Node): string[] {
  if (ts.isStringLiteral(of)) return [of.text]
  if (ts.isConditionalExpression(of)) return [...literals(of.whenTrue), ...literals(of.whenFalse)]
  return []
}

interface Labelled {
  where: string
  label: string[]
  shown: string[]
}

function labelled(file: string): Labelled[] {
  const found: Labelled[] = []
  const source = ts.createSourceFile(file, readFileSync(join('src', file), 'utf8'), ts.ScriptTarget.Latest, true)
  const walk = (node: ts.Node) => {
    if (ts.isJsxElement(node) && pressed.has(node.openingElement.tagName.getText())) {
      const label = attribute(node, 'aria-label')
      const shown = node.children.flatMap(keysIn)
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1
      if (label && shown.length > 0) found.push({ where: `${file}:${line}`, label: keysIn(label), shown })
    }
    node.forEachChild(walk)
  }
  walk(source)
  return found
}

describe('what is pressed', () => {
  it('is called by the words that are on it, whatever else it is called', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.tsx'))
    const all = files.flatMap(labelled)
    const misnamed = all.filter(({ label, shown }) =>
      shown.some((key, n) =>
        [zh, en].some((words: Record<string, string>) => {
          const says = (k: string | undefined) => ((k && words[k]) ?? '').replaceAll(/\{[^}]*\}/g, '\0').toLowerCase()
          return !label.includes(key) && !says(label[n]).includes(says(key))
        }),
      ),
    )
    expect(misnamed).toEqual([])
    expect(all.length).toBeGreaterThan(15)
  })
})
