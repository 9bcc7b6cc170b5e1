import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { Arrived } from '../../shell/arrived'
import { Trouble } from '../../shell/notes'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

type Consent = Schema['ConsentView']

/** What the trainee who looks consented to; each is given and taken back by itself. */
export function Consents() {
  const { t } = useWords()
  const queries = useQueryClient()
  const key = ['my', 'consents']
  const mine = useQuery({ queryKey: key, queryFn: () => answer(api.GET('/v1/me/consents')) })
  const change = useMutation({
    mutationFn: ({ kind, version, given }: Pick<Consent, 'kind' | 'version' | 'given'>) =>
      answer(api.PUT('/v1/me/consents', { body: { kind, version, given } })),
    onSuccess: (after) => queries.setQueryData(key, after),
  })
  return (
    <section className="sheet stack close" aria-labelledby="consents">
      <h2 id="consents">{t('web.reach.consents')}</h2>
      <p className="quiet small">{t('web.reach.consents_lead')}</p>
      {change.error && <Trouble error={change.error} />}
      <Arrived of={mine} rows={4}>
        {({ consents }) => (
          <ul className="plain lines">
            {consents.map((c) => (
              <li key={c.kind} className="stack close" data-consent={c.kind}>
                <div className="row apart">
                  <span>
                    {c.title} <Standing of={c} />
                  </span>
                  <Button
                    size="small"
                    loading={change.isPending && change.variables.kind === c.kind}
                    onClick={() => change.mutate({ kind: c.kind, version: c.version, given: !c.given })}
                    aria-label={`${t(c.given ? 'web.reach.take_back' : 'web.reach.give')}: ${c.title}`}
                  >
                    {t(c.given ? 'web.reach.take_back' : 'web.reach.give')}
                  </Button>
                </div>
                <details>
                  <summary className="small">{t('web.registration.version', { version: c.version })}</summary>
                  {c.text.map((paragraph) => (
                    <p key={paragraph}>{paragraph}</p>
                  ))}
                  <p className="quiet small">{t('web.registration.by_law', { by: c.by })}</p>
                </details>
              </li>
            ))}
          </ul>
        )}
      </Arrived>
    </section>
  )
}

function Standing({ of }: { of: Consent }) {
  const { t, lang } = useWords()
  const text = of.given
    ? t('web.reach.consent_given', { at: moment(lang, of.given_at ?? '') })
    : of.outdated
      ? t('web.reach.consent_outdated')
      : of.withdrawn_at
        ? t('web.reach.consent_withdrawn', { at: moment(lang, of.withdrawn_at) })
        : t('web.reach.consent_none')
  return <span className="quiet small">{text}</span>
}
