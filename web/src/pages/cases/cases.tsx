import { useSearch } from '@tanstack/react-router'
import { useWords } from '../../words/words'
import { CaseList } from './page'

/** All cases, open and ended. */
export function Cases() {
  const { t } = useWords()
  const search = useSearch({ from: '/inside/cases' })
  return (
    <CaseList
      list="cases"
      heading={t('web.place.cases')}
      lead={t('web.cases.lead')}
      search={search}
      whole={search.filter ?? ''}
      standing="-registered"
      none={{ title: t('web.cases.none'), advice: t('web.cases.none_advice') }}
    />
  )
}
