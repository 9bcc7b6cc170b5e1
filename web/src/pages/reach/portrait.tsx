import { useMutation } from '@tanstack/react-query'
import type { ChangeEvent } from 'react'
import { Trouble } from '../../shell/notes'
import { useWords } from '../../words/words'
import './reach.css'

interface Props {
  /** Where the photo is; nothing where there is none. What stands behind a # has the browser ask again for another. */
  src: string | undefined
  none: string
  kept: string
  put: (file: File) => Promise<unknown>
}

/** A photo, and the way to put another in its place. What is wrong with one that is sent is said rule by rule. */
export function Portrait({ src, none, kept, put }: Props) {
  const { t } = useWords()
  const send = useMutation({ mutationFn: put })
  const take = ({ target }: ChangeEvent<HTMLInputElement>) => {
    const file = target.files?.[0]
    if (file) send.mutate(file)
    target.value = '' // the same file can be chosen again once it was mended
  }
  return (
    <>
      {src ? <img src={src} alt={t('web.reach.photo')} className="portrait" /> : <p>{none}</p>}
      <div className="row" aria-busy={send.isPending}>
        <label className="choose">
          {t(send.isPending ? 'web.reach.sending' : src ? 'web.reach.another_photo' : 'web.reach.choose_photo')}
          <input
            type="file"
            accept="image/jpeg,image/png"
            className="visually-hidden"
            disabled={send.isPending}
            onChange={take}
          />
        </label>
        <span role="status">{send.isSuccess && kept}</span>
      </div>
      {send.error && <Trouble error={send.error} />}
    </>
  )
}
