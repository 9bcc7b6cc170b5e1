import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { api, type Schema } from '../../api/client'
import { keep } from '../../api/file'
import { useSession } from '../../api/session'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import { Answers } from './answers'
import { Asking } from './asking'
import { Before } from './before'

/** Many certificates are checked at once; what comes of it stands here only until the page is left. */
export function Checks() {
  const { t } = useWords()
  const { account } = useSession()
  const [answer, setAnswer] = useState<Schema['BulkCheckOutputBody']>()
  const download = useMutation({
    mutationFn: () => keep(api.GET('/v1/bulk-check-workbook', { parseAs: 'blob' })),
  })
  return (
    <>
      <header className="head stack close">
        <h1>{t('web.place.checks')}</h1>
        <p className="quiet">{account.institution?.name ?? t('web.checks.lead')}</p>
      </header>
      <div className="stack">
        <div className="columns">
          <section className="sheet stack">
            <h2>{t('web.checks.download')}</h2>
            <p>{t('web.checks.download_means')}</p>
            <div>
              <Button onClick={() => download.mutate()} loading={download.isPending}>
                {t('web.checks.get')}
              </Button>
            </div>
            {download.error && <Trouble error={download.error} />}
            <p className="small quiet">{t('web.checks.kept')}</p>
          </section>
          <Asking onAnswer={setAnswer} />
        </div>
        {answer && <Answers key={answer.id} of={answer} />}
        <Before />
      </div>
    </>
  )
}
