import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Form, Radio } from 'antd'
import { answer, api, type Schema } from '../../api/client'
import { Arrived } from '../../shell/arrived'
import { Aside } from '../../shell/aside'
import { Trouble } from '../../shell/notes'
import { Once } from '../../shell/once'
import { moment } from '../../words/time'
import { useWords } from '../../words/words'

type Link = Schema['ShareView']
type Asked = Schema['ShareBody']

const purposes = ['employment', 'title_review', 'subsidy', 'other'] as const
const lasting = [1, 7, 30, 90]

/** The links by which the holder shows a certificate: one is made, and those there are can be ended. */
export function Sharing({ id, number, onClose }: { id: string; number: string; onClose: () => void }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const key = ['my', 'certificates', id, 'links']
  const path = { params: { path: { id } } }
  const links = useQuery({ queryKey: key, queryFn: () => answer(api.GET('/v1/me/certificates/{id}/links', path)) })
  const make = useMutation({
    mutationFn: (body: Asked) => answer(api.POST('/v1/me/certificates/{id}/links', { ...path, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  })
  return (
    <Aside title={t('web.sharing.title')} onClose={onClose}>
      <div className="stack">
        <p>
          {t('web.sharing.means')} <span className="mono small">{number}</span>
        </p>
        {make.data ? <Made link={new URL(make.data.link, location.origin).href} /> : <Asking make={make} />}
        <section className="stack close" aria-labelledby="links">
          <h3 id="links">{t('web.sharing.links')}</h3>
          <Arrived of={links}>
            {({ links: all }) =>
              all.length === 0 ? (
                <p className="quiet">{t('web.sharing.none')}</p>
              ) : (
                <ul className="plain lines">
                  {all.map((link) => (
                    <li key={link.id}>
                      <Line certificate={id} link={link} />
                    </li>
                  ))}
                </ul>
              )
            }
          </Arrived>
        </section>
      </div>
    </Aside>
  )
}

function Asking({ make }: { make: { mutate: (body: Asked) => void; isPending: boolean; error: Error | null } }) {
  const { t, name } = useWords()
  return (
    <Form
      layout="vertical"
      requiredMark={false}
      initialValues={{ purpose: purposes[0], days: lasting[1], document: false }}
      onFinish={(asked: Asked) => make.mutate(asked)}
    >
      <Form.Item name="purpose" label={t('web.sharing.purpose')}>
        <Radio.Group
          className="choices"
          options={purposes.map((p) => ({ value: p, label: name('share_purpose', p) }))}
        />
      </Form.Item>
      <Form.Item name="days" label={t('web.sharing.lasts')}>
        <Radio.Group options={lasting.map((n) => ({ value: n, label: t('web.sharing.days', { n }) }))} />
      </Form.Item>
      <Form.Item name="document" valuePropName="checked" extra={t('web.sharing.document_means')}>
        <Checkbox>{t('web.sharing.document')}</Checkbox>
      </Form.Item>
      {make.error && <Trouble error={make.error} />}
      <Button type="primary" htmlType="submit" loading={make.isPending}>
        {t('web.sharing.make')}
      </Button>
    </Form>
  )
}

/** The link that was made, to be copied, or handed to what a phone sends it with. */
function Made({ link }: { link: string }) {
  const { t } = useWords()
  return (
    <div className="stack close">
      <Once
        title={t('web.sharing.made')}
        advice={t('web.sharing.made_advice')}
        name={t('web.sharing.link')}
        value={link}
      />
      {'share' in navigator && (
        <div>
          {/* Who changes their mind has shared nothing, and that is no fault. */}
          <Button onClick={() => void navigator.share({ url: link }).catch(() => undefined)}>
            {t('web.sharing.send')}
          </Button>
        </div>
      )}
    </div>
  )
}

function Line({ certificate, link }: { certificate: string; link: Link }) {
  const { t, lang } = useWords()
  const queries = useQueryClient()
  const end = useMutation({
    mutationFn: () =>
      answer(
        api.DELETE('/v1/me/certificates/{id}/links/{ref}', { params: { path: { id: certificate, ref: link.id } } }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['my', 'certificates', certificate, 'links'] }),
  })
  return (
    <div className="stack close tight">
      <div className="row apart">
        <strong>{link.purpose.name}</strong>
        <span className={`mark ${link.state === 'open' ? 'good' : ''}`}>{t(`web.sharing.state_${link.state}`)}</span>
      </div>
      <span className="quiet small">
        {t('web.sharing.until', { at: moment(lang, link.ended_at ?? link.expires_at) })}
        {link.document && ` · ${t('web.sharing.with_document')}`}
      </span>
      <span className="small">
        {link.opened_at
          ? t('web.sharing.opened', { n: link.opened, at: moment(lang, link.opened_at) })
          : t('web.sharing.unopened')}
      </span>
      {link.state === 'open' && (
        <div>
          <Button
            size="small"
            onClick={() => end.mutate()}
            loading={end.isPending}
            aria-label={t('web.sharing.end_named', { purpose: link.purpose.name, at: moment(lang, link.shared_at) })}
          >
            {t('web.sharing.end')}
          </Button>
        </div>
      )}
      {end.error && <Trouble error={end.error} />}
    </div>
  )
}
