import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, InputNumber } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { Coming } from '../../shell/arrived'
import { Note, Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import '../../list/list.css'

type Row = Schema['CapacityView']

const keyOf = (c: Row) => [c.role.code, c.occupation.code, c.level.code].join('/')

/** An institution says how many cases it can carry at once. */
export function Capacity() {
  const { t } = useWords()
  const shown = useQuery({
    queryKey: ['capacities'],
    queryFn: async () => (await answer(api.GET('/v1/capacities'))).capacities,
  })
  if (!shown.data) return <Coming of={shown} rows={6} />
  return (
    <div className="stack">
      <header className="head stack close">
        <h1>{t('web.capacity.title')}</h1>
        <p className="quiet">{t('web.capacity.lead')}</p>
      </header>
      {shown.data.length === 0 ? (
        <div className="sheet">
          <Note title={t('web.capacity.none')} />
        </div>
      ) : (
        <Declaring rows={shown.data} />
      )}
    </div>
  )
}

function Declaring({ rows }: { rows: Row[] }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const declare = useMutation({
    mutationFn: (given: Record<string, number | null>) => {
      const changed = rows.filter((c) => given[keyOf(c)] != null && given[keyOf(c)] !== c.places)
      if (changed.length === 0) return Promise.resolve({ capacities: rows })
      return answer(
        api.POST('/v1/capacities', {
          body: {
            capacities: changed.map((c) => ({
              role: c.role.code as 'training',
              occupation: c.occupation.code,
              level: c.level.code as 'junior',
              places: given[keyOf(c)] as number,
            })),
          },
        }),
      )
    },
    onSuccess: ({ capacities }) => queries.setQueryData(['capacities'], capacities),
  })
  return (
    <Form
      name="capacity"
      className="stack"
      onFinish={(given: Record<string, number | null>) => declare.mutate(given)}
      initialValues={Object.fromEntries(rows.map((c) => [keyOf(c), c.places]))}
    >
      <div className="sheet wide">
        <table aria-label={t('web.capacity.title')}>
          <thead>
            <tr>
              <th scope="col">{t('web.capacity.for')}</th>
              <th scope="col">{t('web.capacity.places')}</th>
              <th scope="col">{t('web.capacity.carried')}</th>
              <th scope="col">{t('web.capacity.free')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((c) => (
              <tr key={keyOf(c)}>
                <th scope="row">
                  {c.occupation.name} · {c.level.name}
                  <div className="quiet small">{c.role.name}</div>
                </th>
                <td>
                  <Form.Item name={keyOf(c)} noStyle>
                    <InputNumber
                      min={0}
                      max={100_000}
                      precision={0}
                      aria-label={`${c.occupation.name} ${c.level.name} ${c.role.name}`}
                      placeholder={t('web.capacity.undeclared')}
                    />
                  </Form.Item>
                </td>
                <td>{c.carried}</td>
                <td>{c.free}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {declare.error && <Trouble error={declare.error} />}
      <div className="row">
        <Button type="primary" htmlType="submit" loading={declare.isPending}>
          {t('web.capacity.declare')}
        </Button>
        <span role="status">{declare.isSuccess && t('web.capacity.declared')}</span>
      </div>
    </Form>
  )
}
