import { expect, it } from 'vitest'
import { faultOf, printed } from '../src/pages/registration/residentid'

it.each([
  ['11010519491231002X', undefined],
  ['440524188001010014', undefined],
  [' 34052419800101001x ', undefined],
  ['９９００００１９９００１０１００１７', undefined],
  ['990000199001010018', 'id_check_digit'],
  ['990000199002290014', 'id_date'],
  ['110105491231002', 'id_legacy'],
  ['1101', 'id_length'],
  ['11010519491231002A', 'id_characters'],
])('says of the number %s what the server would', (number, fault) => expect(faultOf(number)).toBe(fault))

it.each([
  ['古丽娜尔•买买提', '古丽娜尔·买买提'],
  ['古丽娜尔 ・ 买买提', '古丽娜尔·买买提'],
  ['  Ana   Maria  ', 'Ana Maria'],
  ['𠮷田', '𠮷田'],
])('shows the name %s as it is printed', (name, form) => expect(printed(name)).toBe(form))
