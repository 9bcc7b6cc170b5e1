import { queryOptions, useQuery } from '@tanstack/react-query'
import { answer, api, type Schema } from '../api/client'
import type { Lang } from '../words/language'
import { useWords } from '../words/words'

type Occupation = Schema['CatalogueOccupation']

/** The programme as everybody may read it: its occupations with their directions, and what each level teaches. */
export const catalogue = queryOptions({
  queryKey: ['catalogue'],
  queryFn: () => answer(api.GET('/v1/catalogue')),
  staleTime: 600_000,
})

/** The title of an occupation, as the national list has it. */
export const titled = (lang: Lang, o: Pick<Occupation, 'title' | 'english'>) =>
  lang === 'en' && o.english ? o.english : o.title

/** What an occupation, a direction or a level is called for short. */
export const called = (lang: Lang, x: { name: string; english?: string }) =>
  lang === 'zh' ? x.name : (x.english ?? x.name)

/** The occupations that a list is narrowed to; none before they are known. */
export function useOccupations() {
  const { lang } = useWords()
  const { data } = useQuery(catalogue)
  return (data?.occupations ?? []).map((o) => ({ value: o.code, label: titled(lang, o) }))
}
