import { queryOptions } from '@tanstack/react-query'
import { answer, api, type Schema } from '../../api/client'

export type Waits = Schema['WaitsOutputBody']
export type Wait = Schema['WaitView']
export type CaseNote = Schema['CaseNoteView']
export type Acts = Schema['ActsOutputBody']

// What the page of a case asks for, a request for each section. All begin with the case, so that news of it reaches them.

const at = (id: string) => ({ params: { path: { id } } })

export const waitsQuery = (id: string) =>
  queryOptions({
    queryKey: ['case', id, 'waits'],
    queryFn: () => answer(api.GET('/v1/cases/{id}/waits', at(id))),
    refetchInterval: 10_000,
  })

export const notesQuery = (id: string) =>
  queryOptions({
    queryKey: ['case', id, 'notes'],
    queryFn: () => answer(api.GET('/v1/cases/{id}/notes', { params: { path: { id }, query: { limit: 200 } } })),
  })

export const actsQuery = (id: string) =>
  queryOptions({ queryKey: ['case', id, 'acts'], queryFn: () => answer(api.GET('/v1/cases/{id}/acts', at(id))) })

export const tasksQuery = (id: string) =>
  queryOptions({
    queryKey: ['case', id, 'tasks'],
    queryFn: () =>
      answer(api.GET('/v1/tasks', { params: { query: { case_id: id, sort: '-issued_at', page: 1, limit: 200 } } })),
  })

export const hoursQuery = (id: string) =>
  queryOptions({ queryKey: ['case', id, 'hours'], queryFn: () => answer(api.GET('/v1/cases/{id}/hours', at(id))) })

export const operatorsQuery = (id: string) =>
  queryOptions({
    queryKey: ['operators', id],
    queryFn: () => answer(api.GET('/v1/operators', { params: { query: { case_id: id } } })),
    staleTime: 60_000,
  })
