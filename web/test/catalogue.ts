// Every word that pages show, in both languages, whoever they are for.
import enEverybody from '../src/generated/en.everybody.json'
import enOperator from '../src/generated/en.operator.json'
import enStaff from '../src/generated/en.staff.json'
import zhEverybody from '../src/generated/zh.everybody.json'
import zhOperator from '../src/generated/zh.operator.json'
import zhStaff from '../src/generated/zh.staff.json'

export const zh = { ...zhEverybody, ...zhStaff, ...zhOperator }
export const en = { ...enEverybody, ...enStaff, ...enOperator }
