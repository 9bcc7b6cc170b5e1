import { useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from '../../api/client'
import { Failure } from '../../api/failure'
import { asBody } from '../../api/file'
import { Trouble } from '../../shell/notes'
import { Waiting } from '../../shell/waiting'
import { useWords } from '../../words/words'
import { Portrait } from './portrait'

/** The photo that grade certificates print. */
export function Photo() {
  const { t } = useWords()
  const queries = useQueryClient()
  const kept = useQuery({
    queryKey: ['my', 'photo'],
    queryFn: async () => {
      try {
        await answer(api.GET('/v1/me/photo', { parseAs: 'blob' }))
        return true
      } catch (error) {
        if (error instanceof Failure && error.code === 'not_found') return false
        throw error
      }
    },
  })
  const put = async (file: File) => {
    await answer(api.PUT('/v1/me/photo', asBody(file, file.type || 'image/jpeg')))
    await queries.invalidateQueries({ queryKey: ['my', 'photo'] })
  }
  if (kept.error && !kept.data) return <Trouble error={kept.error} again={() => void kept.refetch()} />
  return (
    <section className="sheet stack close" aria-labelledby="photo">
      <h2 id="photo">{t('web.reach.photo')}</h2>
      <p className="quiet small">{t('web.reach.photo_lead')}</p>
      {kept.isPending ? (
        <Waiting rows={3} />
      ) : (
        <Portrait
          src={kept.data ? `/v1/me/photo#${kept.dataUpdatedAt}` : undefined}
          none={t('web.reach.no_photo')}
          kept={t('web.reach.photo_kept')}
          put={put}
        />
      )}
    </section>
  )
}
