import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { answer, api } from '../../api/client'
import { Failure } from '../../api/failure'
import { Trouble } from '../../shell/notes'
import { Waiting } from '../../shell/waiting'
import { useWords } from '../../words/words'
import './reach.css'

/** The photo that grade certificates print. What is wrong with one that is sent is said rule by rule. */
export function Photo() {
  const { t } = useWords()
  const queries = useQueryClient()
  const field = useRef<HTMLInputElement>(null)
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
  const send = useMutation({
    mutationFn: (file: File) =>
      answer(
        api.PUT('/v1/me/photo', {
          // The file is the body as it is; the description says so by the word for any bytes, a string.
          body: file as unknown as string,
          bodySerializer: (body) => body as unknown as Blob,
          headers: { 'Content-Type': file.type || 'image/jpeg' },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['my', 'photo'] }),
    onSettled: () => {
      if (field.current) field.current.value = ''
    },
  })
  if (kept.error) return <Trouble error={kept.error} again={() => void kept.refetch()} />
  return (
    <section className="sheet stack close" aria-labelledby="photo" aria-busy={send.isPending}>
      <h2 id="photo">{t('web.reach.photo')}</h2>
      <p className="quiet small">{t('web.reach.photo_lead')}</p>
      {kept.isPending ? (
        <Waiting rows={3} />
      ) : kept.data ? (
        // What stands behind the # has the browser ask again once another was sent.
        <img src={`/v1/me/photo#${kept.dataUpdatedAt}`} alt={t('web.reach.photo')} className="portrait" />
      ) : (
        <p>{t('web.reach.no_photo')}</p>
      )}
      <div className="row">
        <label className="choose">
          {t(send.isPending ? 'web.reach.sending' : kept.data ? 'web.reach.another_photo' : 'web.reach.choose_photo')}
          <input
            ref={field}
            type="file"
            accept="image/jpeg,image/png"
            className="visually-hidden"
            disabled={send.isPending}
            onChange={(e) => e.target.files?.[0] && send.mutate(e.target.files[0])}
          />
        </label>
        <span role="status">{send.isSuccess && t('web.reach.photo_kept')}</span>
      </div>
      {send.error && <Trouble error={send.error} />}
    </section>
  )
}
