// Workbooks as a spreadsheet program would fill them in.
import assert from 'node:assert/strict'
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate'

export const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** Fills in cells of a sheet's rows, as a spreadsheet program does: each row by its number, each cell by its letter. */
export function fillIn(file, sheetName, rows) {
  const parts = unzipSync(file)
  const read = (name) => strFromU8(parts[name])
  const id = new RegExp(`<sheet name="${sheetName}"[^>]*r:id="([^"]+)"`).exec(read('xl/workbook.xml'))[1]
  const relation = new RegExp(`<Relationship [^>]*Id="${id}"[^>]*>`).exec(read('xl/_rels/workbook.xml.rels'))[0]
  const name = `xl/${/Target="\/?(?:xl\/)?([^"]+)"/.exec(relation)[1]}`
  let sheet = read(name)
  for (const [row, cells] of Object.entries(rows)) {
    for (const [column, text] of Object.entries(cells)) {
      const cell = new RegExp(`<c r="${column}${row}"( s="\\d+")?(?: [^>]*)?(?:/>|>.*?</c>)`)
      assert.match(sheet, cell)
      sheet = sheet.replace(cell, `<c r="${column}${row}"$1 t="inlineStr"><is><t>${text}</t></is></c>`)
    }
  }
  return zipSync({ ...parts, [name]: strToU8(sheet) })
}
