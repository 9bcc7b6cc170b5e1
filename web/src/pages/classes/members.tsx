import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Form, Input, Pagination, Progress } from 'antd'
import { useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { Coming } from '../../shell/arrived'
import { Trouble } from '../../shell/notes'
import { number } from '../../words/time'
import { useWords } from '../../words/words'
import type { Detail } from './detail'

type Member = Schema['MemberView']

/** Who is in a class, with their hours; whoever is chosen can be taken out, and others in. */
export function Members({ of }: { of: Detail }) {
  const { t } = useWords()
  const [chosen, setChosen] = useState<string[]>([])
  const [adding, setAdding] = useState(false)
  const here = chosen.filter((id) => of.members.some((m) => m.case_id === id))
  const goesOn = of.state !== 'closed'
  return (
    <section className="stack close">
      <h2>{t('web.classes.members', { n: of.members.length })}</h2>
      {of.members.length === 0 && <p className="quiet">{t('web.classes.members_none')}</p>}
      <ul className="plain lines">
        {of.members.map((m) => (
          <li key={m.case_id}>
            <OneMember
              of={m}
              chosen={chosen.includes(m.case_id)}
              {...(goesOn ? { onChoose: (is: boolean) => setChosen(choose(chosen, m.case_id, is)) } : {})}
            />
          </li>
        ))}
      </ul>
      <p className="small quiet">{t('web.tasks.read_is_noted')}</p>
      {goesOn && here.length > 0 && <Removal of={of} ids={here} onDone={() => setChosen([])} />}
      {goesOn && !adding && of.places_left > 0 && (
        <div>
          <Button onClick={() => setAdding(true)}>{t('web.classes.add')}</Button>
        </div>
      )}
      {goesOn && adding && <Adding of={of} onDone={() => setAdding(false)} />}
    </section>
  )
}

const choose = (chosen: string[], id: string, is: boolean) => (is ? [...chosen, id] : chosen.filter((c) => c !== id))

function OneMember({ of, chosen, onChoose }: { of: Member; chosen: boolean; onChoose?: (is: boolean) => void }) {
  const { t, lang, name } = useWords()
  const { hours, required } = of
  const who = (
    <>
      {of.trainee.name} <span className="quiet small">{of.trainee.id_number_masked}</span>
    </>
  )
  const credited =
    required === undefined
      ? t('web.case.ce_count', { hours: number(lang, hours) })
      : t('web.classes.hours_of', { hours: number(lang, hours), required: number(lang, required) })
  return (
    <div className="member">
      <div className="row apart">
        {onChoose ? (
          <Checkbox checked={chosen} onChange={(e) => onChoose(e.target.checked)}>
            {who}
          </Checkbox>
        ) : (
          <span>{who}</span>
        )}
        <span className="small nowrap">{credited}</span>
      </div>
      {!!required && (
        <Progress
          percent={Math.min(100, Math.round((hours / required) * 100))}
          showInfo={false}
          size="small"
          aria-label={credited}
        />
      )}
      <div className="quiet small">
        {[
          of.finished ? t('web.classes.finished') : t('web.classes.unfinished'),
          ...of.open_tasks.map((task) => t('web.classes.owes', { task: name('task_kind', task.kind) })),
        ].join(' · ')}
      </div>
    </div>
  )
}

/** Those who are chosen leave, with a reason. */
function Removal({ of, ids, onDone }: { of: Detail; ids: string[]; onDone: () => void }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const remove = useMutation({
    mutationFn: (reason: string) => {
      const body = { case_ids: ids, reason }
      return answer(api.POST('/v1/classes/{id}/members/removal', { params: { path: { id: of.id } }, body }))
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['classes'] })
      onDone()
    },
  })
  return (
    <Form layout="vertical" requiredMark={false} onFinish={({ why }: { why: string }) => remove.mutate(why)}>
      <Form.Item
        name="why"
        label={t('web.classes.remove_why', { n: ids.length })}
        extra={t('web.classes.remove_means')}
        rules={[{ required: true, whitespace: true, message: t('web.resolve.missing') }]}
      >
        <Input maxLength={500} />
      </Form.Item>
      {remove.error && <Trouble error={remove.error} />}
      <Button danger htmlType="submit" loading={remove.isPending}>
        {t('web.classes.remove')}
      </Button>
    </Form>
  )
}

const shownAtOnce = 20

/** Who could join is listed by name; whoever is chosen joins. */
function Adding({ of, onDone }: { of: Detail; onDone: () => void }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [page, setPage] = useState(1)
  const [chosen, setChosen] = useState<string[]>([])
  const list = useQuery({
    queryKey: ['classes', 'candidates', of.id, page],
    queryFn: () =>
      answer(
        api.GET('/v1/classes/{id}/candidates', {
          params: { path: { id: of.id }, query: { page, limit: shownAtOnce } },
        }),
      ),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
  const add = useMutation({
    mutationFn: () =>
      answer(api.POST('/v1/classes/{id}/members', { params: { path: { id: of.id } }, body: { case_ids: chosen } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['classes'] })
      onDone()
    },
  })
  if (!list.data) return <Coming of={list} rows={3} />
  const { candidates, total } = list.data
  return (
    <fieldset className="stack close picking" aria-label={t('web.classes.add')}>
      <p className="quiet small">{total > 0 ? t('web.classes.who_could') : t('web.classes.nobody_could')}</p>
      <div className="choices">
        {candidates.map((c) => (
          <Checkbox
            key={c.case_id}
            checked={chosen.includes(c.case_id)}
            onChange={(e) => setChosen(choose(chosen, c.case_id, e.target.checked))}
          >
            {c.trainee.name} <span className="quiet small">{c.trainee.id_number_masked}</span>
          </Checkbox>
        ))}
      </div>
      <Pagination
        current={page}
        pageSize={shownAtOnce}
        total={total}
        simple
        hideOnSinglePage
        showSizeChanger={false}
        onChange={setPage}
      />
      {add.error && <Trouble error={add.error} />}
      <div className="row">
        <Button type="primary" disabled={chosen.length === 0} loading={add.isPending} onClick={() => add.mutate()}>
          {t('web.classes.add_n', { n: chosen.length })}
        </Button>
        <Button onClick={onDone}>{t('web.classes.cancel')}</Button>
      </div>
    </fieldset>
  )
}
