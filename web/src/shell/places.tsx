import {
  ApiOutlined,
  AuditOutlined,
  BankOutlined,
  BellOutlined,
  CompassOutlined,
  KeyOutlined,
  ReadOutlined,
  SafetyCertificateOutlined,
  ScheduleOutlined,
  TeamOutlined,
  TrophyOutlined,
} from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef } from 'react'
import { homes, type Role } from '../api/session'
import type { Key } from '../words/message'
import { useWords } from '../words/words'

interface Page {
  to: string
  name: Key
  /** Pages that belong to this one, though they are not below it. */
  also?: string
}

interface Place {
  name: Key
  icon: ReactNode
  /** The first is where the place leads; if there are more, they stand above each of them. */
  pages: readonly [Page, ...Page[]]
  /** It is reached by the reader's own name, beside the places. */
  own?: boolean
}

const people: Place = {
  name: 'web.place.people',
  icon: <TeamOutlined />,
  pages: [
    { to: '/accounts', name: 'web.accounts.title' },
    { to: '/invitations', name: 'web.invitations.title' },
  ],
}
const keys: Page = { to: '/api-keys', name: 'web.place.keys' }
const certificates: Place = {
  name: 'web.place.certificates',
  icon: <TrophyOutlined />,
  pages: [
    { to: '/certificates', name: 'web.place.certificates' },
    { to: '/issuing', name: 'web.place.issuing' },
    { to: '/checks', name: 'web.place.checks' },
  ],
}

const teaching: Place = {
  name: 'web.place.teaching',
  icon: <ReadOutlined />,
  pages: [
    { to: '/classes', name: 'web.place.classes' },
    { to: '/sessions', name: 'web.place.sessions' },
    { to: '/intakes', name: 'web.intakes.title' },
  ],
}
const notices: Place = {
  name: 'web.place.notices',
  icon: <BellOutlined />,
  pages: [{ to: '/notices', name: 'web.place.notices' }],
}

const own: Place = {
  name: 'web.place.own',
  icon: <SafetyCertificateOutlined />,
  pages: [
    { to: '/security', name: 'web.place.security' },
    { to: '/duties', name: 'web.duties.title' },
  ],
  own: true,
}

/** Where each role can go. A case belongs to the place from which it is opened. */
const places: Record<Role, Place[]> = {
  trainee: [
    {
      name: 'web.place.my',
      icon: <CompassOutlined />,
      pages: [
        { to: homes.trainee, name: 'web.place.my', also: '/cases/' },
        { to: '/my-registration', name: 'web.place.my_registration' },
      ],
    },
    {
      name: 'web.place.my_certificates',
      icon: <TrophyOutlined />,
      pages: [
        { to: '/my-certificates', name: 'web.place.my_certificates', also: '/certificates/' },
        { to: '/my-ce-hours', name: 'web.ce.title' },
      ],
    },
    {
      name: 'web.place.my_messages',
      icon: <BellOutlined />,
      pages: [
        { to: '/my-messages', name: 'web.place.my_messages' },
        { to: '/my-reach', name: 'web.reach.title' },
      ],
    },
    {
      name: 'web.requests.mine',
      icon: <AuditOutlined />,
      pages: [{ to: '/my-requests', name: 'web.requests.mine' }],
    },
  ],
  institution: [
    {
      name: 'web.place.tasks',
      icon: <ScheduleOutlined />,
      pages: [
        { to: homes.institution, name: 'web.place.tasks' },
        { to: '/workbooks', name: 'web.place.workbooks' },
        { to: '/sittings', name: 'web.place.sittings' },
        { to: '/misconduct', name: 'web.place.misconduct' },
        { to: '/requests', name: 'web.requests.title' },
      ],
    },
    teaching,
    certificates,
    {
      name: 'web.place.integration',
      icon: <ApiOutlined />,
      pages: [
        { to: '/endpoint', name: 'web.place.endpoint' },
        { to: '/deliveries', name: 'web.place.deliveries' },
        keys,
        { to: '/guide', name: 'web.place.guide' },
      ],
    },
    people,
    {
      name: 'web.inspections.title',
      icon: <BankOutlined />,
      pages: [
        { to: '/inspections', name: 'web.inspections.title' },
        { to: '/capacity', name: 'web.capacity.title' },
      ],
    },
    notices,
    own,
  ],
  operator: [
    {
      name: 'web.place.overview',
      icon: <CompassOutlined />,
      pages: [{ to: homes.operator, name: 'web.place.overview' }],
    },
    // Where the work is.
    {
      name: 'web.place.work',
      icon: <AuditOutlined />,
      pages: [
        { to: '/queues', name: 'web.place.queues' },
        { to: '/cases', name: 'web.place.cases' },
        { to: '/groups', name: 'web.groups.title' },
        { to: '/batches', name: 'web.batches.title' },
        { to: '/incidents', name: 'web.place.incidents' },
        { to: '/approvals', name: 'web.approvals.title' },
        { to: '/deadlines', name: 'web.deadlines.title' },
        { to: '/dead-letters', name: 'web.place.letters' },
        { to: '/misconduct', name: 'web.place.misconduct' },
        { to: '/requests', name: 'web.requests.title' },
        { to: '/merges', name: 'web.merges.title' },
        { to: '/claims', name: 'web.claims.title' },
      ],
    },
    // Those who do it with us.
    {
      name: 'web.place.institutions',
      icon: <BankOutlined />,
      pages: [
        { to: '/institutions', name: 'web.place.institutions' },
        { to: '/inspections', name: 'web.inspections.title' },
        { to: '/lists', name: 'web.place.lists' },
        { to: '/employers', name: 'web.employers.title' },
        { to: '/intakes', name: 'web.intakes.title' },
      ],
    },
    {
      name: 'web.place.callbacks',
      icon: <ApiOutlined />,
      pages: [
        { to: '/endpoints', name: 'web.place.endpoints' },
        { to: '/deliveries', name: 'web.place.deliveries' },
        { to: '/allowed-hosts', name: 'web.place.hosts' },
      ],
    },
    // What comes of it.
    {
      ...certificates,
      pages: [
        ...certificates.pages,
        { to: '/certificate-revocations', name: 'web.place.revocations' },
        { to: '/certificate-reliance', name: 'web.place.reliance' },
        { to: '/ce-years', name: 'web.ce_years.title' },
        { to: '/channels', name: 'web.channels.title' },
      ],
    },
    // By what rules, and who did what.
    {
      name: 'web.place.record',
      icon: <ReadOutlined />,
      pages: [
        { to: '/policy', name: 'web.policy.title' },
        { to: '/audit', name: 'web.audit.title' },
      ],
    },
    { ...notices, pages: [...notices.pages, { to: '/message-templates', name: 'web.templates.title' }] },
    own,
  ],
  administrator: [
    {
      ...people,
      pages: [...people.pages, { to: '/employers', name: 'web.employers.title' }],
    },
    { name: 'web.place.keys', icon: <KeyOutlined />, pages: [keys] },
  ],
  employer: [
    {
      name: 'web.sponsored.title',
      icon: <TeamOutlined />,
      pages: [
        { to: homes.employer, name: 'web.sponsored.title' },
        { to: '/intakes', name: 'web.intakes.title' },
      ],
    },
  ],
}

/** Where a role can go, place by place. */
export const placesOf = (role: Role): readonly Place[] => places[role]

const at = (here: string) => (page: Page) =>
  here === page.to || here.startsWith(`${page.to}/`) || (page.also !== undefined && here.startsWith(page.also))

/** The places of a role; the one where the reader is says so. */
export function Places({ role, here }: { role: Role; here: string }) {
  const { t } = useWords()
  return (
    <nav className="places" aria-label={t('web.frame.places')}>
      {places[role]
        .filter((place) => !place.own)
        .map(({ name, icon, pages }) => (
          <Link key={name} to={pages[0].to} {...(pages.some(at(here)) ? { 'aria-current': 'true' as const } : {})}>
            <span aria-hidden>{icon}</span>
            {t(name)}
          </Link>
        ))}
    </nav>
  )
}

/** The pages of the place where the reader is, if it has several. Where not all of them are shown, that one is. */
export function Views({ role, here }: { role: Role; here: string }) {
  const { t } = useWords()
  const row = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: which link is the current one is the page's to say
  useEffect(() => {
    const current = row.current?.querySelector<HTMLElement>('[aria-current=page]')
    // The row alone is scrolled: what brings an element into view would scroll the page, too.
    if (row.current && current)
      row.current.scrollLeft = current.offsetLeft - (row.current.clientWidth - current.clientWidth) / 2
  }, [here])
  const place = places[role].find(({ pages }) => pages.some(at(here)))
  if (!place || place.pages.length === 1) return null
  return (
    <nav className="views" ref={row} aria-label={t(place.name)}>
      {place.pages.map(({ to, name }) => (
        <Link key={to} to={to}>
          {t(name)}
        </Link>
      ))}
    </nav>
  )
}
