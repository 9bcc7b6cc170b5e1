import { useQuery } from '@tanstack/react-query'
import { Button, Checkbox, Form, type FormInstance, Input, Select } from 'antd'
import { useEffect } from 'react'
import { answer, api, type Schema } from '../../api/client'
import { Trouble } from '../../shell/notes'
import { Waiting } from '../../shell/waiting'
import { within } from '../../shell/within'
import type { Family } from '../../words/message'
import { useWords } from '../../words/words'

type Body = Schema['ApplicantBody']
type Degree = Schema['EducationBody']['degree']

/** The applicant's facts as the form has them: dates that are not known are empty. */
export interface Facts {
  category: Body['category']
  skill_grade?: string
  work_started_on?: string
  education?: { degree: Degree; graduated_on?: string; related_major?: boolean; full_time?: boolean }[]
  titles?: { title: Schema['TitleBody']['title']; obtained_on: string }[]
  grades?: { level: Schema['GradeBody']['level']; obtained_on: string }[]
}

/** The facts as the interface takes them. */
export function factsOf(f: Facts): Body {
  return {
    category: f.category,
    education: (f.education ?? []).map((e) => ({
      degree: e.degree,
      related_major: e.related_major ?? false,
      full_time: e.full_time ?? false,
      ...(e.graduated_on ? { graduated_on: e.graduated_on } : {}),
    })),
    titles: f.titles ?? [],
    grades: f.grades ?? [],
    ...(f.skill_grade ? { skill_grade: f.skill_grade as NonNullable<Body['skill_grade']> } : {}),
    ...(f.work_started_on ? { work_started_on: f.work_started_on } : {}),
  }
}

const categories = ['in_post', 'intending', 'final_year_student', 'skilled_worker']
const degrees = ['doctor', 'master', 'second_bachelor', 'bachelor', 'associate', 'secondary', 'technician_school']
const titles = ['技术员', '助理工程师', '工程师']
const levels = ['junior', 'intermediate', 'senior']
const skills = ['高级工', '技师', '高级技师']

/** All facts of the applicant, as they are known, to be put right. */
export function ApplicantFields({ id }: { id: string }) {
  const form = Form.useFormInstance<{ applicant: Facts }>()
  // They are somebody's: read when they are to be corrected, each time, and that is written down.
  const known = useQuery({
    queryKey: ['facts', id],
    queryFn: () => answer(api.GET('/v1/cases/{id}/facts', { params: { path: { id } } })),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  })
  useEffect(() => fill(form, known.data?.applicant), [form, known.data])
  if (known.error && !known.data) return <Trouble error={known.error} again={() => void known.refetch()} />
  return (
    <>
      {known.isPending && <Waiting rows={3} />}
      <div hidden={known.isPending}>
        <FactFields />
      </div>
    </>
  )
}

/** The fields of somebody's facts, of a form whose "applicant" they are. */
export function FactFields() {
  const { t, name } = useWords()
  const form = Form.useFormInstance<{ applicant: Facts }>()
  const category = Form.useWatch(['applicant', 'category'], form)
  const missing = [{ required: true, message: t('web.resolve.missing') }]
  const choices = (family: Family, codes: string[]) => codes.map((code) => ({ value: code, label: name(family, code) }))
  return (
    <div className="stack close">
      <Form.Item name={['applicant', 'category']} label={t('web.casework.category')} rules={missing}>
        <Select getPopupContainer={within} options={choices('category', categories)} />
      </Form.Item>
      {category === 'skilled_worker' && (
        <Form.Item name={['applicant', 'skill_grade']} label={t('web.casework.skill_grade')} rules={missing}>
          <Select getPopupContainer={within} options={skills.map((s) => ({ value: s, label: s }))} />
        </Form.Item>
      )}
      <Form.Item name={['applicant', 'work_started_on']} label={t('web.casework.work_started_on')}>
        <Input type="date" />
      </Form.Item>
      <Several title={t('web.casework.education')} field="education">
        {(at) => (
          <>
            <Form.Item name={[at, 'degree']} label={t('web.casework.degree')} rules={missing}>
              <Select getPopupContainer={within} popupMatchSelectWidth={false} options={choices('degree', degrees)} />
            </Form.Item>
            <Form.Item name={[at, 'graduated_on']} label={t('web.casework.graduated_on')}>
              <Input type="date" />
            </Form.Item>
            <Form.Item name={[at, 'related_major']} valuePropName="checked">
              <Checkbox>{t('web.casework.related_major')}</Checkbox>
            </Form.Item>
            <Form.Item name={[at, 'full_time']} valuePropName="checked">
              <Checkbox>{t('web.casework.full_time')}</Checkbox>
            </Form.Item>
          </>
        )}
      </Several>
      <Several title={t('web.casework.titles')} field="titles">
        {(at) => (
          <>
            <Form.Item name={[at, 'title']} label={t('web.case.title')} rules={missing}>
              <Select getPopupContainer={within} options={titles.map((s) => ({ value: s, label: s }))} />
            </Form.Item>
            <Obtained at={at} />
          </>
        )}
      </Several>
      <Several title={t('web.casework.grades')} field="grades">
        {(at) => (
          <>
            <Form.Item name={[at, 'level']} label={t('web.casework.level')} rules={missing}>
              <Select getPopupContainer={within} options={choices('level', levels)} />
            </Form.Item>
            <Obtained at={at} />
          </>
        )}
      </Several>
    </div>
  )
}

function fill(form: FormInstance<{ applicant: Facts }>, known: unknown) {
  if (known && !form.isFieldsTouched()) form.setFieldsValue({ applicant: known as Facts })
}

function Obtained({ at }: { at: number }) {
  const { t } = useWords()
  return (
    <Form.Item
      name={[at, 'obtained_on']}
      label={t('web.casework.obtained_on')}
      rules={[{ required: true, message: t('web.resolve.missing') }]}
    >
      <Input type="date" />
    </Form.Item>
  )
}

/** Several of a kind: more are added, and each can be taken away. */
function Several({
  title,
  field,
  children,
}: {
  title: string
  field: keyof Facts
  children: (at: number) => React.ReactNode
}) {
  const { t } = useWords()
  return (
    <fieldset className="stack close facts-of">
      <legend>{title}</legend>
      <Form.List name={['applicant', field]}>
        {(rows, { add, remove }) => (
          <>
            {rows.map((row) => (
              <div key={row.key} className="row several">
                {children(row.name)}
                <Button
                  size="small"
                  onClick={() => remove(row.name)}
                  aria-label={t('web.casework.remove_nth', { title, n: row.name + 1 })}
                >
                  {t('web.casework.remove')}
                </Button>
              </div>
            ))}
            <div>
              <Button size="small" onClick={() => add()}>
                {t('web.casework.add', { title })}
              </Button>
            </div>
          </>
        )}
      </Form.List>
    </fieldset>
  )
}
