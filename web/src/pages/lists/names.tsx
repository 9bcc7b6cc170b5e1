import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Radio } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { InstitutionField } from '../../shell/institutionfield'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'

type List = Schema['ListView']
type Named = Schema['ListedName']
type Decision = Schema['NameDecision']

/** The names of a list that no institution has to the letter. On those that are like others, a person decides. */
export function Names({ of }: { of: List }) {
  const { t } = useWords()
  if (of.names.length === 0) return null
  return (
    <section className="stack close" aria-labelledby="names">
      <h2 id="names">{t('web.lists.names')}</h2>
      <p className="quiet">{t('web.lists.names_mean')}</p>
      <ul className="plain stack close">
        {of.names.map((n) => (
          <One key={n.name} list={of} named={n} />
        ))}
      </ul>
    </section>
  )
}

/** What a name was taken for, and what it may be instead. */
function One({ list, named }: { list: List; named: Named }) {
  const { t } = useWords()
  const draft = list.state === 'draft'
  const taken =
    named.as === 'new' ? t('web.lists.as_new') : t(`web.lists.as_${named.as}`, { name: named.institution.name })
  return (
    <li className="stack close">
      <div className="row">
        <strong>{named.name}</strong>
        <span className={`mark ${named.open ? 'warn' : 'good'}`}>{named.open ? t('web.lists.open') : taken}</span>
      </div>
      {draft && (
        <details open={named.open}>
          <summary>{t('web.lists.decide', { name: named.name })}</summary>
          <Deciding list={list} named={named} />
        </details>
      )}
    </li>
  )
}

interface Given {
  verdict: string
  institution_id?: string
}

const other = 'other'

function Deciding({ list, named }: { list: List; named: Named }) {
  const { t } = useWords()
  const [form] = Form.useForm<Given>()
  const verdict = Form.useWatch('verdict', form)
  const queries = useQueryClient()
  const deciding = useMutation({
    mutationFn: (decision: Decision) =>
      answer(
        api.POST('/v1/list-snapshots/{id}/names', {
          params: { path: { id: list.id } },
          body: { decisions: [decision] },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['lists'] }),
  })
  const decide = ({ verdict, institution_id }: Given) => {
    const [as, id] = verdict === other ? ['renamed', institution_id] : verdict.split(':')
    deciding.mutate({ name: named.name, as: as as Decision['as'], ...(id ? { institution_id: id } : {}) })
  }
  const options = [
    { value: 'new', label: t('web.lists.as_new') },
    ...named.suggestions.flatMap((s) =>
      (['renamed', 'alias'] as const).map((as) => ({
        value: `${as}:${s.institution.id}`,
        label: (
          <>
            {t(`web.lists.as_${as}`, { name: s.institution.name })}{' '}
            <span className="quiet small">{t(`web.list_why.${s.why}`, { name: s.name })}</span>
          </>
        ),
      })),
    ),
    { value: other, label: t('web.lists.as_other') },
  ]
  return (
    <Form form={form} layout="vertical" requiredMark={false} onFinish={decide}>
      <Form.Item name="verdict" rules={[{ required: true, message: t('web.resolve.missing') }]}>
        <Radio.Group className="choices" aria-label={t('web.lists.decide', { name: named.name })} options={options} />
      </Form.Item>
      {verdict === other && <InstitutionField />}
      {deciding.error && <Trouble error={deciding.error} />}
      <Button htmlType="submit" loading={deciding.isPending}>
        {t('web.lists.confirm')}
      </Button>
    </Form>
  )
}
