import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Radio } from 'antd'
import { useState } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'

type Mode = Schema['IntakeStartBody']['mode']

/** An intake is started: each good row or all, and with the declaration that everybody consented. */
export function Starting({ of }: { of: Schema['IntakeOutputBody'] }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [mode, setMode] = useState<Mode>('rows')
  const [declared, setDeclared] = useState(false)
  const start = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/v1/intakes/{id}/start', {
          params: { path: { id: of.id } },
          body: { mode, consents: of.consents_version },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ['intakes'] }),
  })
  const { ready, refused } = of.totals
  if (ready === 0) return <p className="alert warn">{t('web.intakes.nothing_ready')}</p>
  return (
    <section className="stack close">
      <h2>{t('web.intakes.start_title')}</h2>
      <Radio.Group
        value={mode}
        onChange={(e) => setMode(e.target.value)}
        aria-label={t('web.intakes.mode')}
        options={[
          { value: 'rows', label: t('web.intakes.mode_rows', { n: ready }) },
          { value: 'whole', label: t('web.intakes.mode_whole'), disabled: refused > 0 },
        ]}
      />
      {refused > 0 && <p className="quiet small">{t('web.intakes.some_refused', { n: refused })}</p>}
      <Checkbox checked={declared} onChange={(e) => setDeclared(e.target.checked)}>
        {of.declaration}
      </Checkbox>
      {start.error && <Trouble error={start.error} />}
      <div className="row">
        <Button type="primary" disabled={!declared} loading={start.isPending} onClick={() => start.mutate()}>
          {t('web.intakes.start', { n: ready })}
        </Button>
      </div>
    </section>
  )
}
