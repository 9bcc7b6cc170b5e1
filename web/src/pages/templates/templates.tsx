import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Radio } from 'antd'
import { useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { Arrived } from '../../shell/arrived'
import { useWords } from '../../words/words'
import { Standing } from './standing'
import './templates.css'

type Template = Schema['TemplateView']

/** What trainees are told by mail and SMS, as it reads with examples, and how both are doing. */
export function Templates() {
  const { t, lang } = useWords()
  const [shown, show] = useState(lang)
  const list = useQuery({
    queryKey: ['notification-templates', shown],
    queryFn: async () =>
      (await answer(api.GET('/v1/notification-templates', { params: { query: { lang: shown } } }))).templates,
    placeholderData: keepPreviousData,
  })
  return (
    <div className="stack">
      <header className="stack close">
        <h1>{t('web.templates.title')}</h1>
        <p className="quiet">{t('web.templates.lead')}</p>
      </header>
      <Standing />
      <section className="stack close" aria-labelledby="templates">
        <div className="row apart">
          <h2 id="templates">{t('web.templates.texts')}</h2>
          <Radio.Group
            value={shown}
            onChange={(e) => show(e.target.value)}
            aria-label={t('web.templates.language')}
            options={[
              { value: 'zh', label: '中文' },
              { value: 'en', label: 'English' },
            ]}
          />
        </div>
        <Arrived of={list} rows={8}>
          {(data) => (
            <div className="sheet templates" aria-busy={list.isFetching}>
              {data.map((one) => (
                <One key={one.kind} of={one} in={shown} />
              ))}
            </div>
          )}
        </Arrived>
      </section>
    </div>
  )
}

/** One kind of message; its texts are shown on request. */
function One({ of, in: shown }: { of: Template; in: string }) {
  const { t } = useWords()
  const written = shown === 'zh' ? 'zh-CN' : 'en'
  return (
    <details>
      <summary>
        <span lang={written}>{of.title}</span>
        <span className="quiet small">
          {t(`web.templates.urgency.${of.urgency}`)}
          {of.act && (
            <>
              {' · '}
              <span lang={written}>{of.act}</span>
            </>
          )}
          {of.due && ` · ${t('web.templates.due')}`}
        </span>
      </summary>
      <h3>{t('web.templates.mail')}</h3>
      <div lang={written} className="written">
        <strong>{of.subject}</strong>
        {'\n\n'}
        {of.mail}
      </div>
      <h3>{t('web.templates.sms', { n: of.sms_length })}</h3>
      <div lang={written} className="written">
        {of.sms}
      </div>
    </details>
  )
}
