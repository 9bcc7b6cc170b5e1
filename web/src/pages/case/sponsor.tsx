import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Popconfirm } from 'antd'
import { answer, api } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

/** What the employer that sponsors a case's class sees of it, and the way to have it see no more. Nothing where none does. */
export function Sponsor({ caseID }: { caseID: string }) {
  const { t, lang } = useWords()
  const queries = useQueryClient()
  const key = ['case', caseID, 'sponsor']
  const params = { params: { path: { id: caseID } } }
  const shown = useQuery({ queryKey: key, queryFn: () => answer(api.GET('/v1/cases/{id}/sponsor-consent', params)) })
  const hide = useMutation({
    mutationFn: () => answer(api.POST('/v1/cases/{id}/sponsor-consent/withdrawal', params)),
    onSuccess: (after) => queries.setQueryData(key, after),
  })
  if (shown.error && !shown.data) return <Trouble error={shown.error} again={() => void shown.refetch()} />
  if (!shown.data?.employer || !shown.data.class) return null
  const { employer, class: of, way, given_at: given, withdrawn_at: withdrawn } = shown.data
  return (
    <section className="sheet stack close" aria-labelledby="sponsor">
      <h2 id="sponsor">{t('web.case.sponsor')}</h2>
      {hide.error && <Trouble error={hide.error} />}
      {withdrawn ? (
        <p>{t('web.case.sponsor_hidden', { at: moment(lang, withdrawn), employer: employer.name })}</p>
      ) : (
        <>
          <p>{t('web.case.sponsor_sees', { employer: employer.name, class: of.name })}</p>
          <p className="quiet small">
            {t(way === 'intake' ? 'web.case.sponsor_intake' : 'web.case.sponsor_code', {
              at: moment(lang, given ?? ''),
            })}
          </p>
          <div>
            <Popconfirm
              title={t('web.case.sponsor_hide_sure')}
              okText={t('web.case.sponsor_hide')}
              onConfirm={() => hide.mutate()}
            >
              <Button loading={hide.isPending}>{t('web.case.sponsor_hide')}</Button>
            </Popconfirm>
          </div>
        </>
      )}
    </section>
  )
}
