import { queryOptions } from '@tanstack/react-query'
import { answer, api } from '../../api/client'

/** What somebody is asked to consent to, at the sign-up and in a registration. */
export const consentTexts = queryOptions({
  queryKey: ['consent-texts'],
  queryFn: () => answer(api.GET('/v1/consent-texts')),
})
