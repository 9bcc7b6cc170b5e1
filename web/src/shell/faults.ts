import type { FormInstance } from 'antd'
import { Failure } from '../api/failure'

/** Puts what the server finds wrong with fields at the fields of a form. */
export function putFaults<T>(form: FormInstance<T>, error: unknown) {
  if (!(error instanceof Failure)) return
  const here = Object.keys(form.getFieldsValue() as object)
  for (const name of here) {
    const found = error.fields.filter((f) => f.field === name || f.field.startsWith(`${name}[`))
    if (found.length) form.setFields([{ name: name as never, errors: [...new Set(found.map((f) => f.message))] }])
  }
}
