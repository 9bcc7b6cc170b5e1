import { answer, api } from '../../api/client'
import { type Facts, factsOf } from '../casework/applicant'
import type { Target } from './target'

/** Asks whether somebody of whom this is so could take part, and who could train and evaluate them. */
export const checkJoin = ({ occupation = '', direction, level = '', applicant }: Target & { applicant: Facts }) =>
  answer(
    api.POST('/v1/join-checks', {
      body: { occupation, level, applicant: factsOf(applicant), ...(direction ? { direction } : {}) },
    }),
  )
