import { Form } from 'antd'
import { type Target, TargetFields } from '../join/target'
import type { StepProps } from './fill'
import { Next } from './next'
import { OrderCode, OrderedClass } from './order'

/** Which occupation, direction and level. Whoever changes them chooses bodies and a class anew. */
export function TargetStep({ filling, next }: StepProps) {
  if (!filling.contents.order_code) {
    return (
      <>
        <OwnTarget filling={filling} next={next} />
        <OrderCode filling={filling} />
      </>
    )
  }
  return (
    <Form className="stack" onFinish={next}>
      <OrderedClass filling={filling} />
      <div>
        <Next />
      </div>
    </Form>
  )
}

function OwnTarget({ filling, next }: Omit<StepProps, 'go'>) {
  const { contents, change } = filling
  return (
    <Form<Target>
      layout="vertical"
      requiredMark={false}
      className="sheet"
      initialValues={contents}
      onValuesChange={(_, { occupation, direction, level }) =>
        change({
          occupation,
          direction,
          level,
          class: undefined,
          class_offer: undefined,
          training_body: undefined,
          evaluation_body: undefined,
        })
      }
      onFinish={next}
    >
      <TargetFields />
      <Next />
    </Form>
  )
}
