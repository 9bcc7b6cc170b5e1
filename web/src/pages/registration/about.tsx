import { Form } from 'antd'
import { FactFields, type Facts } from '../casework/applicant'
import '../casework/casework.css'
import type { Contents } from './draft'
import type { StepProps } from './fill'
import { Next } from './next'

/** A row that was added and not filled in yet is nothing to a form, and an empty row to the draft. */
const rows = <T extends object>(given: (T | undefined)[] | undefined) => given?.map((row) => ({ ...row }))

const drafted = (a: Facts) =>
  ({
    ...a,
    education: rows(a.education),
    titles: rows(a.titles),
    grades: rows(a.grades),
  }) as NonNullable<Contents['applicant']>

/** What is known of the person who registers, as in the question whether they may. */
export function About({ filling, next }: StepProps) {
  return (
    <Form
      layout="vertical"
      requiredMark={false}
      className="sheet stack"
      initialValues={{ applicant: filling.contents.applicant }}
      onValuesChange={(_, { applicant }: { applicant: Facts }) => filling.change({ applicant: drafted(applicant) })}
      onFinish={next}
    >
      <FactFields />
      <div>
        <Next />
      </div>
    </Form>
  )
}
