import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import { api } from '../../api/client'
import { keep } from '../../api/file'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import type { Class } from '../classes/classes'

/** What an employer takes to others about its people's training. */
export function Papers({ of }: { of: Class }) {
  const { t } = useWords()
  const take = useMutation({
    mutationFn: (format: 'csv' | 'xlsx') =>
      keep(
        api.GET('/v1/sponsored-classes/{id}/subsidy-facts', {
          params: { path: { id: of.id }, query: { format } },
          parseAs: 'blob',
        }),
      ),
  })
  return (
    <section className="stack close">
      <h3>{t('web.sponsored.subsidy')}</h3>
      <p className="quiet small">{t('web.sponsored.subsidy_means')}</p>
      <div className="row">
        {(['xlsx', 'csv'] as const).map((format) => (
          <Button
            key={format}
            loading={take.isPending && take.variables === format}
            disabled={take.isPending}
            onClick={() => take.mutate(format)}
          >
            {t(`web.export.${format}`)}
          </Button>
        ))}
      </div>
      {take.error && <Trouble error={take.error} />}
    </section>
  )
}
