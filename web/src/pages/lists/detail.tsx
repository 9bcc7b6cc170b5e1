import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { Arrived } from '../../shell/arrived'
import { Aside } from '../../shell/aside'
import { Ending } from '../../shell/ending'
import { Trouble } from '../../shell/notes'
import { ReasonField } from '../../shell/reason'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'
import { Difference } from './difference'
import { Effects } from './effects'
import { State } from './lists'
import { Names } from './names'

type List = Schema['ListView']

/** One published list: what it changes, what becomes of running cases, and, while it is a draft, what is done with it. */
export function ListDetail({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useWords()
  const shown = useQuery({
    queryKey: ['lists', id],
    queryFn: () => answer(api.GET('/v1/list-snapshots/{id}', { params: { path: { id } } })),
  })
  return (
    <Aside onClose={onClose} title={shown.data?.document ?? t('web.place.lists')} broad>
      <Arrived of={shown}>
        {(list) => (
          <div className="stack">
            <Facts of={list} />
            <Names of={list} />
            <Difference of={list.difference} />
            <Effects of={list.effects} />
            {list.state === 'draft' && <Deciding list={list} />}
          </div>
        )}
      </Arrived>
    </Aside>
  )
}

function Facts({ of }: { of: List }) {
  const { t, lang } = useWords()
  const by = of.settled_by
  return (
    <dl className="facts">
      <dt>{t('web.lists.year')}</dt>
      <dd>{of.list_year}</dd>
      <dt>{t('web.lists.valid_from')}</dt>
      <dd>{of.valid_from}</dd>
      <dt>{t('web.lists.state')}</dt>
      <dd>
        <State state={of.state} />
      </dd>
      <dt>{t('web.lists.imported')}</dt>
      <dd>
        {moment(lang, of.imported_at)} {of.imported_by.label}
      </dd>
      {of.settled_at && (
        <>
          <dt>{t(of.state === 'applied' ? 'web.lists.applied' : 'web.lists.discarded')}</dt>
          <dd>
            {moment(lang, of.settled_at)} {by?.label}
          </dd>
          <dt>{t('web.resolve.reason')}</dt>
          <dd>{of.reason}</dd>
        </>
      )}
    </dl>
  )
}

/** A draft is applied as it is shown here, or put aside. */
function Deciding({ list }: { list: List }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const applying = useMutation({
    mutationFn: ({ reason }: { reason: string }) =>
      answer(
        api.POST('/v1/list-snapshots/{id}/application', {
          params: { path: { id: list.id } },
          body: { reason, seen: list.seen ?? '' },
        }),
      ),
    // Also when it was refused: then something has changed, and is to be looked at anew.
    onSettled: () => queries.invalidateQueries({ queryKey: ['lists'] }),
  })
  const blocked = list.late
    ? t('web.lists.late')
    : list.undecided > 0 && t('web.lists.undecided', { n: list.undecided })
  return (
    <>
      <Form
        name="applying"
        layout="vertical"
        requiredMark={false}
        onFinish={(given: { reason: string }) => applying.mutate(given)}
      >
        <h2>{t('web.lists.apply')}</h2>
        <p className="quiet">{t('web.lists.apply_means', { from: list.valid_from })}</p>
        {blocked ? (
          <p className="alert warn">{blocked}</p>
        ) : (
          <>
            <ReasonField />
            <Button type="primary" htmlType="submit" loading={applying.isPending}>
              {t('web.lists.apply')}
            </Button>
          </>
        )}
        {applying.error && <Trouble error={applying.error} />}
      </Form>
      <details>
        <summary>{t('web.lists.discard')}</summary>
        <Ending
          title={t('web.lists.discard')}
          means={t('web.lists.discard_means')}
          end={(reason) =>
            answer(
              api.POST('/v1/list-snapshots/{id}/discarding', { params: { path: { id: list.id } }, body: { reason } }),
            )
          }
          list="lists"
        />
      </details>
    </>
  )
}
