import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Radio, Select } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { putFaults } from '../../shell/faults'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { useWords } from '../../words/words'

type Letter = Schema['LetterOutputBody']
type Decision = Schema['LetterBody']

/** An operator decides: the answer is applied to a task that is open, or it is discarded, for a reason that is kept. */
export function Deciding({ letter }: { letter: Letter }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [form] = Form.useForm<Decision>()
  const verb = Form.useWatch('verb', form)
  const decide = useMutation({
    mutationFn: (body: Decision) =>
      answer(api.POST('/v1/dead-letters/{id}/resolution', { params: { path: { id: letter.id } }, body })),
    onError: (error) => putFaults(form, error),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['letter', letter.id] })
      void queries.invalidateQueries({ queryKey: ['letters'] })
    },
  })
  const open = letter.open_tasks
  return (
    <section className="stack close" aria-labelledby="deciding">
      <h2 id="deciding">{t('web.resolve.title')}</h2>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ verb: open.length ? 'apply' : 'discard', task_id: open[0]?.id }}
        onFinish={({ task_id, ...said }) =>
          decide.mutate({ ...said, ...(said.verb === 'apply' && task_id ? { task_id } : {}) })
        }
      >
        <Form.Item name="verb" label={t('web.resolve.verb')}>
          <Radio.Group
            className="choices"
            options={(['apply', 'discard'] as const).map((v) => ({
              value: v,
              label: (
                <>
                  {t(`web.letter_verb.${v}`)} <span className="quiet small">{t(`web.letter_verb_means.${v}`)}</span>
                </>
              ),
            }))}
          />
        </Form.Item>
        {verb === 'apply' && (
          <Form.Item
            name="task_id"
            label={t('web.letters.to_task')}
            extra={open.length === 0 && t('web.letters.any_task')}
            rules={[{ required: true, message: t('web.resolve.missing') }]}
          >
            {open.length > 0 ? (
              <Select
                // Within the sheet, which lies above everything else.
                getPopupContainer={(select) => select.parentElement ?? document.body}
                options={open.map((task) => ({
                  value: task.id,
                  label: `${task.kind_name} · ${t('web.tasks.attempt_n', { n: task.attempt })} · ${task.id.slice(0, 8)}`,
                }))}
              />
            ) : (
              <Input className="mono" autoComplete="off" maxLength={64} />
            )}
          </Form.Item>
        )}
        <ReasonField />
        {decide.error && <Trouble error={decide.error} />}
        <Button type="primary" htmlType="submit" danger={verb === 'discard'} loading={decide.isPending}>
          {t('web.resolve.do')}
        </Button>
      </Form>
    </section>
  )
}
