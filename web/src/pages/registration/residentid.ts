// What is wrong with the number of a resident identity card (GB 11643), told as it is typed. The server decides; its codes
// and words are the same.

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const checks = '10X98765432'

export type NumberFault = 'id_length' | 'id_legacy' | 'id_characters' | 'id_date' | 'id_check_digit'

/** What is wrong with a number; nothing when it is in order. */
export function faultOf(typed: string): NumberFault | undefined {
  const number = typed.normalize('NFKC').trim().toUpperCase()
  if (/^\d{15}$/.test(number)) return 'id_legacy'
  if (number.length !== 18) return 'id_length'
  if (!/^\d{17}[\dX]$/.test(number)) return 'id_characters'
  const born = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`
  const date = new Date(`${born}T00:00:00Z`)
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== born) return 'id_date'
  const sum = weights.reduce((sum, weight, n) => sum + weight * Number(number[n]), 0)
  return checks[sum % 11] === number[17] ? undefined : 'id_check_digit'
}

/** A name as it is kept and printed: single spaces, and one dot for all that keyboards offer between its parts. */
export function printed(name: string): string {
  return name
    .trim()
    .replace(/[\u2022\u2027\u2219\u22C5\u30FB\uFF65\u0387]/g, '·')
    .replace(/\p{Zs}+/gu, ' ')
    .replace(/ ?· ?/g, '·')
}
