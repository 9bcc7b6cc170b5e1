import { useMutation } from '@tanstack/react-query'
import { Button, Form, Input, Select } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { within } from '../../shell/within'
import { useWords } from '../../words/words'
import { useInspected } from './detail'

type Given = Schema['VisitBody']

/** What an inspection found is reported, each finding with the rule that it offends against and a deadline. */
export function Visiting({ id }: { id: string }) {
  const { t, name } = useWords()
  const inspected = useInspected(id)
  const visit = useMutation({
    mutationFn: (given: Given) =>
      answer(
        api.POST('/v1/inspections/{id}/visit', {
          params: { path: { id } },
          body: { ...given, findings: given.findings ?? [] },
        }),
      ),
    onSuccess: inspected,
  })
  const needed = [{ required: true, message: t('web.resolve.missing') }]
  return (
    <Form name="visit" layout="vertical" requiredMark={false} onFinish={(given: Given) => visit.mutate(given)}>
      <h3>{t('web.inspections.visit')}</h3>
      <Form.Item name="visited_on" label={t('web.inspections.visited_on')} rules={needed}>
        <Input type="date" />
      </Form.Item>
      <Form.Item name="report" label={t('web.inspections.report')} rules={needed}>
        <Input.TextArea rows={3} maxLength={4000} />
      </Form.Item>
      <Form.List name="findings">
        {(rows, { add, remove }) => (
          <div className="stack">
            {rows.map(({ key, name: at }) => (
              <fieldset key={key} className="sheet stack close">
                <legend>{t('web.inspections.finding_n', { n: at + 1 })}</legend>
                <Form.Item name={[at, 'severity']} label={t('web.inspections.severity')} rules={needed}>
                  <Select
                    getPopupContainer={within}
                    options={['minor', 'major', 'grave'].map((s) => ({ value: s, label: name('severity', s) }))}
                  />
                </Form.Item>
                <Form.Item name={[at, 'what']} label={t('web.inspections.what')} rules={needed}>
                  <Input.TextArea rows={2} maxLength={2000} />
                </Form.Item>
                <Form.Item name={[at, 'citation']} label={t('web.inspections.citation')} rules={needed}>
                  <Input maxLength={500} />
                </Form.Item>
                <Form.Item name={[at, 'evidence']} label={t('web.resolve.evidence')}>
                  <Input maxLength={1000} />
                </Form.Item>
                <Form.Item name={[at, 'due_on']} label={t('web.inspections.due_on')} rules={needed}>
                  <Input type="date" />
                </Form.Item>
                <div>
                  <Button onClick={() => remove(at)}>{t('web.inspections.remove')}</Button>
                </div>
              </fieldset>
            ))}
            <div>
              <Button onClick={() => add({ severity: 'minor' })}>{t('web.inspections.add')}</Button>
            </div>
          </div>
        )}
      </Form.List>
      <p className="quiet small">{t('web.inspections.none_found')}</p>
      {visit.error && <Trouble error={visit.error} />}
      <Button type="primary" htmlType="submit" loading={visit.isPending}>
        {t('web.inspections.visit')}
      </Button>
    </Form>
  )
}
