import { useMutation } from '@tanstack/react-query'
import { api } from '../api/client'
import { keep } from '../api/file'
import { Trouble } from '../shell/notes'
import { useWords } from '../words/words'

interface Props {
  list: string
  filter: string
  sort?: string | undefined
  columns?: string | undefined
  close: () => void
}

/** The whole list as a file, as it is narrowed and ordered now: masked as it is here, and noted in the audit log. */
export function Exporting({ list, filter, sort, columns, close }: Props) {
  const { t } = useWords()
  const take = useMutation({
    mutationFn: (format: 'csv' | 'xlsx') =>
      keep(
        api.GET('/v1/exports/{ref}', {
          params: {
            path: { ref: list },
            query: {
              format,
              ...(filter ? { filter } : {}),
              ...(sort ? { sort } : {}),
              ...(columns ? { columns } : {}),
            },
          },
          parseAs: 'blob',
        }),
      ),
    onSuccess: close,
  })
  return (
    <>
      <p className="small quiet">{t('web.export.advice')}</p>
      {(['xlsx', 'csv'] as const).map((format) => (
        <button
          key={format}
          type="button"
          className="menu-line"
          disabled={take.isPending}
          onClick={() => take.mutate(format)}
        >
          {t(`web.export.${format}`)}
        </button>
      ))}
      {take.isPending && <p className="small quiet">{t('web.note.loading')}</p>}
      {take.error && <Trouble error={take.error} />}
    </>
  )
}
