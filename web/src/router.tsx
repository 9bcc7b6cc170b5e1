import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { homes, type Role, sessionQuery } from './api/session'
import { anyText, day, expression, from, oneOf, page, toolsSay, year } from './list/search'
import { queries } from './queries'
import { Broken, NotFound } from './shell/notes'
import { Waiting } from './shell/waiting'
import { want } from './words/words'

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound, errorComponent: Broken })

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: from({ back: anyText, problem: anyText }),
  component: lazyRouteComponent(() => import('./pages/login/login'), 'Login'),
})

const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation',
  component: lazyRouteComponent(() => import('./pages/invitation/invitation'), 'Invitation'),
})

const signUp = createRoute({
  getParentRoute: () => root,
  path: '/sign-up',
  validateSearch: from({ back: anyText }),
  component: lazyRouteComponent(() => import('./pages/signup/signup'), 'SignUp'),
})

/** What everybody may read, logged in or not. */
const outside = createRoute({
  getParentRoute: () => root,
  id: 'outside',
  component: lazyRouteComponent(() => import('./shell/outside'), 'Outside'),
})

/** The front page is for who is not logged in; who is has a page of their own to begin at. */
const front = createRoute({
  getParentRoute: () => outside,
  path: '/',
  beforeLoad: async () => {
    // Where it cannot be asked who is there, the front page stands all the same.
    const session = await queries.ensureQueryData(sessionQuery).catch(() => null)
    if (session) throw redirect({ to: homes[session.account.role], replace: true })
  },
  component: lazyRouteComponent(() => import('./pages/front/front'), 'Front'),
})

const classCalendar = createRoute({
  getParentRoute: () => outside,
  path: '/class-calendar',
  validateSearch: from({
    occupation: anyText,
    level: oneOf('junior', 'intermediate', 'senior'),
    delivery: oneOf('onsite', 'online', 'mixed'),
    institution: anyText,
    places: oneOf('free'),
    sort: oneOf('-starts_on', 'fee', '-fee'),
    page,
    compare: anyText,
  }),
  component: lazyRouteComponent(() => import('./pages/offered/calendar'), 'ClassCalendar'),
})

const classOffered = createRoute({
  getParentRoute: () => outside,
  path: '/classes-offered/$id',
  component: lazyRouteComponent(() => import('./pages/offered/offered'), 'ClassOffered'),
})

const policyQuestions = createRoute({
  getParentRoute: () => outside,
  path: '/policy-questions',
  validateSearch: from({ topic: anyText, q: anyText }),
  component: lazyRouteComponent(() => import('./pages/guidance/questions'), 'PolicyQuestions'),
})

const curriculum = createRoute({
  getParentRoute: () => outside,
  path: '/curriculum',
  validateSearch: from({ occupation: anyText }),
  component: lazyRouteComponent(() => import('./pages/curriculum/curriculum'), 'Curriculum'),
})

const findInstitutions = createRoute({
  getParentRoute: () => outside,
  path: '/find-institutions',
  validateSearch: from({
    q: anyText,
    role: oneOf('training', 'evaluation', 'ce_base'),
    occupation: anyText,
    district: anyText,
    beside: anyText,
  }),
  component: lazyRouteComponent(() => import('./pages/finding/finding'), 'FindInstitutions'),
})

const join = createRoute({
  getParentRoute: () => outside,
  path: '/join',
  component: lazyRouteComponent(() => import('./pages/join/join'), 'Join'),
})

/** Everything behind the log-in. Who is not logged in is led there, and back. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: async ({ location }) => {
    const session = await queries.ensureQueryData(sessionQuery)
    if (!session) {
      const back = location.href === '/' ? undefined : location.href
      throw redirect({ to: '/login', search: back ? { back } : {} })
    }
    await want(session.account.role)
    if (session.second_factor.required && !session.second_factor.enrolled && location.pathname !== '/security') {
      throw redirect({ to: '/security' })
    }
    return { session }
  },
  component: lazyRouteComponent(() => import('./shell/frame'), 'Frame'),
})

const mine = createRoute({
  getParentRoute: () => inside,
  path: '/my',
  staticData: { roles: ['trainee'] },
  component: lazyRouteComponent(() => import('./pages/case/mine'), 'Mine'),
})

const myRegistration = createRoute({
  getParentRoute: () => inside,
  path: '/my-registration',
  validateSearch: from({
    draft: anyText,
    step: oneOf('target', 'about', 'choice', 'identity', 'photo', 'contacts', 'consents', 'review'),
    class: anyText,
    code: anyText,
    occupation: anyText,
    level: oneOf('junior', 'intermediate', 'senior'),
  }),
  staticData: { roles: ['trainee'] },
  component: lazyRouteComponent(() => import('./pages/registration/registration'), 'Registration'),
})

const myCertificates = createRoute({
  getParentRoute: () => inside,
  path: '/my-certificates',
  staticData: { roles: ['trainee'] },
  component: lazyRouteComponent(() => import('./pages/certificates/mine'), 'MyCertificates'),
})

const myCEHours = createRoute({
  getParentRoute: () => inside,
  path: '/my-ce-hours',
  validateSearch: from({ year }),
  staticData: { roles: ['trainee'] },
  component: lazyRouteComponent(() => import('./pages/cehours/mine'), 'MyCEHours'),
})

const myMessages = createRoute({
  getParentRoute: () => inside,
  path: '/my-messages',
  validateSearch: from({ state: oneOf('unread'), page }),
  staticData: { roles: ['trainee'] },
  component: lazyRouteComponent(() => import('./pages/messages/messages'), 'Messages'),
})

const myReach = createRoute({
  getParentRoute: () => inside,
  path: '/my-reach',
  staticData: { roles: ['trainee'] },
  component: lazyRouteComponent(() => import('./pages/reach/reach'), 'Reach'),
})

const myRequests = createRoute({
  getParentRoute: () => inside,
  path: '/my-requests',
  validateSearch: from({ page, request: anyText }),
  staticData: { roles: ['trainee'] },
  component: lazyRouteComponent(() => import('./pages/requests/mine'), 'MyRequests'),
})

export const requestKinds = [
  'score_review',
  'appeal',
  'complaint',
  'identity_correction',
  'body_move',
  'identity_check',
] as const
export const requestStates = ['asked', 'proposed', 'answered', 'withdrawn'] as const

const requests = createRoute({
  getParentRoute: () => inside,
  path: '/requests',
  validateSearch: from({
    kind: oneOf(...requestKinds),
    state: oneOf(...requestStates),
    overdue: oneOf('yes'),
    sort: oneOf('asked_at', '-asked_at', 'due_at', '-due_at'),
    ...toolsSay,
    request: anyText,
  }),
  staticData: { roles: ['institution', 'operator'] },
  component: lazyRouteComponent(() => import('./pages/requests/requests'), 'Requests'),
})

/** The parts of the page of a case, as operators see it. */
export const caseSections = [
  'timeline',
  'decisions',
  'hours',
  'tasks',
  'documents',
  'handling',
  'execution',
  'audit',
] as const

export const oneCase = createRoute({
  getParentRoute: () => inside,
  path: '/cases/$id',
  validateSearch: from({ section: oneOf(...caseSections), act: anyText, taken: oneOf('up') }),
  staticData: { roles: ['trainee', 'operator'] },
  component: lazyRouteComponent(() => import('./pages/case/case'), 'CasePage'),
})

export const taskStates = ['open', 'answered', 'rejected', 'cancelled'] as const
export const taskKinds = ['enrolment', 'training', 'exam', 'theory', 'practical'] as const

export const tasks = createRoute({
  getParentRoute: () => inside,
  path: '/tasks',
  validateSearch: from({
    state: oneOf(...taskStates),
    kind: oneOf(...taskKinds),
    due: oneOf('overdue', 'week'),
    class: anyText,
    sort: oneOf('issued_at', '-issued_at', 'due_at', '-due_at'),
    page,
    task: anyText,
  }),
  staticData: { roles: ['institution'] },
  component: lazyRouteComponent(() => import('./pages/tasks/tasks'), 'Tasks'),
})

export const classStates = ['planned', 'running', 'closed'] as const

export const sittingStates = ['open', 'closed', 'over', 'cancelled'] as const

const sittings = createRoute({
  getParentRoute: () => inside,
  path: '/sittings',
  validateSearch: from({
    q: anyText,
    state: oneOf(...sittingStates),
    level: oneOf('junior', 'intermediate', 'senior'),
    sort: oneOf('starts_at', '-starts_at', 'book_until', '-book_until'),
    page,
    sitting: anyText,
  }),
  staticData: { roles: ['institution'] },
  component: lazyRouteComponent(() => import('./pages/sittings/sittings'), 'Sittings'),
})

const classes = createRoute({
  getParentRoute: () => inside,
  path: '/classes',
  validateSearch: from({
    q: anyText,
    state: oneOf(...classStates),
    level: oneOf('junior', 'intermediate', 'senior'),
    sort: oneOf('starts_on', '-starts_on', 'ends_on', '-ends_on'),
    page,
    class: anyText,
  }),
  staticData: { roles: ['institution'] },
  component: lazyRouteComponent(() => import('./pages/classes/classes'), 'Classes'),
})

export const sessionStates = ['upcoming', 'open', 'over', 'unreported', 'void'] as const

const sessions = createRoute({
  getParentRoute: () => inside,
  path: '/sessions',
  validateSearch: from({
    class: anyText,
    state: oneOf(...sessionStates),
    from: anyText,
    to: anyText,
    sort: oneOf('opens_at', '-opens_at'),
    page,
    session: anyText,
  }),
  staticData: { roles: ['institution'] },
  component: lazyRouteComponent(() => import('./pages/sessions/sessions'), 'Sessions'),
})

const overview = createRoute({
  getParentRoute: () => inside,
  path: '/overview',
  staticData: { roles: ['operator'] },
  component: lazyRouteComponent(() => import('./pages/overview/overview'), 'Overview'),
})

const caseOrders = oneOf('registered', '-registered', 'since', '-since', 'due', '-due', 'stage', '-stage')

const queues = createRoute({
  getParentRoute: () => inside,
  path: '/queues',
  validateSearch: from({
    queue: oneOf(
      'approval',
      'paused',
      'program',
      'external',
      'overdue',
      'decision',
      'institution',
      'trainee',
      'calendar',
      'running',
    ),
    sort: caseOrders,
    ...toolsSay,
  }),
  staticData: { roles: ['operator'] },
  component: lazyRouteComponent(() => import('./pages/cases/queues'), 'Queues'),
})

const cases = createRoute({
  getParentRoute: () => inside,
  path: '/cases',
  validateSearch: from({ sort: caseOrders, ...toolsSay }),
  staticData: { roles: ['operator'] },
  component: lazyRouteComponent(() => import('./pages/cases/cases'), 'Cases'),
})

export const incidents = createRoute({
  getParentRoute: () => inside,
  path: '/incidents',
  validateSearch: from({
    state: oneOf('open', 'resolving', 'closed'),
    cause: anyText,
    stage: oneOf('registration', 'training', 'exam', 'evaluation', 'certificate', 'title', 'ce_hours'),
    institution: anyText,
    sort: oneOf('since', '-since'),
    ...toolsSay,
    incident: anyText,
  }),
  staticData: { roles: ['operator'] },
  component: lazyRouteComponent(() => import('./pages/incidents/incidents'), 'Incidents'),
})

export const certificateKinds = ['training', 'grade', 'ce_base'] as const
export const certificateStatuses = ['prepared', 'valid', 'suspended', 'superseded', 'revoked', 'cancelled'] as const

const certificates = createRoute({
  getParentRoute: () => inside,
  path: '/certificates',
  validateSearch: from({
    q: anyText,
    kind: oneOf(...certificateKinds),
    status: oneOf(...certificateStatuses),
    sort: oneOf('issued_on', '-issued_on'),
    ...toolsSay,
  }),
  staticData: { roles: ['institution', 'operator'] },
  component: lazyRouteComponent(() => import('./pages/certificates/certificates'), 'Certificates'),
})

const issuing = createRoute({
  getParentRoute: () => inside,
  path: '/issuing',
  validateSearch: from({ kind: oneOf(...certificateKinds), page, profile: anyText }),
  staticData: { roles: ['institution', 'operator'] },
  component: lazyRouteComponent(() => import('./pages/issuing/issuing'), 'Issuing'),
})

const channels = createRoute({
  getParentRoute: () => inside,
  path: '/channels',
  staticData: { roles: ['operator'] },
  component: lazyRouteComponent(() => import('./pages/channels/channels'), 'Channels'),
})

const templates = createRoute({
  getParentRoute: () => inside,
  path: '/message-templates',
  staticData: { roles: ['operator'] },
  component: lazyRouteComponent(() => import('./pages/templates/templates'), 'Templates'),
})

const checks = createRoute({
  getParentRoute: () => inside,
  path: '/checks',
  staticData: { roles: ['institution', 'operator'] },
  component: lazyRouteComponent(() => import('./pages/checks/checks'), 'Checks'),
})

const auditLog = createRoute({
  getParentRoute: () => inside,
  path: '/audit',
  validateSearch: from({ actor: anyText, action: anyText, subject: anyText, since: day, until: day, ...toolsSay }),
  staticData: { roles: ['operator'] },
  component: lazyRouteComponent(() => import('./pages/audit/audit'), 'Audit'),
})

const policy = createRoute({
  getParentRoute: () => inside,
  path: '/policy',
  validateSearch: from({ version: anyText }),
  staticData: { roles: ['operator'] },
  component: lazyRouteComponent(() => import('./pages/policy/policy'), 'PolicyPage'),
})

export const relianceClasses = ['false_material', 'undeserved', 'exam_misconduct', 'issued_in_error'] as const
export const relianceMonths = ['3', '6', '24', '36'] as const

const reliance = createRoute({
  getParentRoute: () => inside,
  path: '/certificate-reliance',
  validateSearch: from({
    institution: anyText,
    certificate: anyText,
    reason_class: oneOf(...relianceClasses),
    months: oneOf(...relianceMonths),
    page,
  }),
  staticData: { roles: ['operator'] },
  component: lazyRouteComponent(() => import('./pages/reliance/reliance'), 'ReliancePage'),
})

const ceYears = createRoute({
  getParentRoute: () => inside,
  path: '/ce-years',
  validateSearch: from({ year }),
  staticData: { roles: ['operator'] },
  component: lazyRouteComponent(() => import('./pages/ceyears/ceyears'), 'CEYears'),
})

const certificate = createRoute({
  getParentRoute: () => inside,
  path: '/certificates/$id',
  staticData: { roles: ['trainee', 'institution', 'operator'] },
  component: lazyRouteComponent(() => import('./pages/certificates/certificate'), 'CertificatePage'),
})

const revocations = createRoute({
  getParentRoute: () => inside,
  path: '/certificate-revocations',
  staticData: { roles: ['operator'] },
  component: lazyRouteComponent(() => import('./pages/certificates/revocations'), 'Revocations'),
})

const endpoint = createRoute({
  getParentRoute: () => inside,
  path: '/endpoint',
  staticData: { roles: ['institution'] },
  component: lazyRouteComponent(() => import('./pages/endpoints/own'), 'OwnEndpoint'),
})

export const endpointStates = ['active', 'paused', 'disabled'] as const

const endpoints = createRoute({
  getParentRoute: () => inside,
  path: '/endpoints',
  validateSearch: from({
    q: anyText,
    state: oneOf(...endpointStates),
    sort: oneOf('institution_id', '-institution_id', 'failing_since', '-failing_since'),
    ...toolsSay,
    endpoint: anyText,
  }),
  staticData: { roles: ['operator'] },
  component: lazyRouteComponent(() => import('./pages/endpoints/endpoints'), 'Endpoints'),
})

const hosts = createRoute({
  getParentRoute: () => inside,
  path: '/allowed-hosts',
  validateSearch: from({ page, host: anyText }),
  staticData: { roles: ['operator'] },
  component: lazyRouteComponent(() => import('./pages/endpoints/hosts'), 'Hosts'),
})

export const eventTypes = [
  'task.issued',
  'task.cancelled',
  'task.extended',
  'answer.applied',
  'answer.discarded',
  'certificate.issued',
  'certificate.suspended',
  'certificate.reinstated',
  'certificate.superseded',
  'certificate.revoked',
  'petition.asked',
  'sitting.booked',
  'sitting.given_up',
  'endpoint.ping',
] as const
export const deliveryStates = ['pending', 'delivered', 'failed'] as const

const deliveries = createRoute({
  getParentRoute: () => inside,
  path: '/deliveries',
  validateSearch: from({
    type: oneOf(...eventTypes),
    state: oneOf(...deliveryStates),
    since: day,
    task: anyText,
    institution: anyText,
    sort: oneOf('created_at', '-created_at'),
    ...toolsSay,
    delivery: anyText,
  }),
  staticData: { roles: ['institution', 'operator'] },
  component: lazyRouteComponent(() => import('./pages/deliveries/deliveries'), 'Deliveries'),
})

const groups = createRoute({
  getParentRoute: () => inside,
  path: '/groups',
  validateSearch: from({ act: anyText, filter: expression }),
  staticData: { roles: ['operator'] },
  component: lazyRouteComponent(() => import('./pages/groups/groups'), 'Groups'),
})

export const batchStates = [
  'awaiting_approval',
  'running',
  'paused',
  'stopping',
  'stopped',
  'done',
  'rejected',
] as const
export const itemStates = ['waiting', 'acted', 'cleared', 'stuck_again', 'refused', 'unchanged', 'skipped'] as const

const batches = createRoute({
  getParentRoute: () => inside,
  path: '/batches',
  validateSearch: from({ state: oneOf(...batchStates), sort: oneOf('requested_at', '-requested_at'), ...toolsSay }),
  staticData: { roles: ['operator'] },
  component: lazyRouteComponent(() => import('./pages/batches/batches'), 'Batches'),
})

const batch = createRoute({
  getParentRoute: () => inside,
  path: '/batches/$id',
  validateSearch: from({ state: oneOf(...itemStates), page }),
  staticData: { roles: ['operator'] },
  component: lazyRouteComponent(() => import('./pages/batches/batch'), 'BatchPage'),
})

export const misconductActs = ['rule_breach', 'cheating', 'impersonation', 'identical_papers'] as const
export const misconductStates = ['recorded', 'dropped', 'noticed', 'reviewed', 'decided', 'delivered'] as const

const misconduct = createRoute({
  getParentRoute: () => inside,
  path: '/misconduct',
  validateSearch: from({
    state: oneOf(...misconductStates),
    act: oneOf(...misconductActs),
    institution: anyText,
    overdue: oneOf('yes'),
    sort: oneOf('recorded_at', '-recorded_at', 'due_at', '-due_at'),
    ...toolsSay,
    misconduct: anyText,
  }),
  staticData: { roles: ['institution', 'operator'] },
  component: lazyRouteComponent(() => import('./pages/misconduct/misconduct'), 'MisconductPage'),
})

export const letterStates = ['open', 'applied', 'discarded'] as const
export const letterReasons = [
  'task_unknown',
  'task_foreign',
  'second_opinion',
  'task_cancelled',
  'task_reassigned',
  'asked_again',
  'case_ended',
  'case_erased',
] as const

const letters = createRoute({
  getParentRoute: () => inside,
  path: '/dead-letters',
  validateSearch: from({
    state: oneOf(...letterStates),
    reason: oneOf(...letterReasons),
    institution: anyText,
    sort: oneOf('received_at', '-received_at'),
    ...toolsSay,
    letter: anyText,
  }),
  staticData: { roles: ['operator'] },
  component: lazyRouteComponent(() => import('./pages/deadletters/letters'), 'Letters'),
})

const guide = createRoute({
  getParentRoute: () => inside,
  path: '/guide',
  staticData: { roles: ['institution'] },
  component: lazyRouteComponent(() => import('./pages/guide/guide'), 'Guide'),
})

export const accounts = createRoute({
  getParentRoute: () => inside,
  path: '/accounts',
  validateSearch: from({
    role: oneOf('trainee', 'institution', 'operator', 'administrator', 'employer'),
    state: oneOf('active', 'closed'),
    sort: oneOf('created_at', '-created_at', 'last_seen_at', '-last_seen_at'),
    page,
    account: anyText,
  }),
  staticData: { roles: ['institution', 'administrator'] },
  component: lazyRouteComponent(() => import('./pages/accounts/accounts'), 'Accounts'),
})

export const invitationStates = ['open', 'accepted', 'revoked', 'expired'] as const

const invitations = createRoute({
  getParentRoute: () => inside,
  path: '/invitations',
  validateSearch: from({ state: oneOf(...invitationStates), page, invitation: anyText }),
  staticData: { roles: ['institution', 'administrator'] },
  component: lazyRouteComponent(() => import('./pages/invitations/invitations'), 'Invitations'),
})

export const keyStates = ['active', 'replaced', 'expired', 'revoked'] as const

const keys = createRoute({
  getParentRoute: () => inside,
  path: '/api-keys',
  validateSearch: from({ state: oneOf(...keyStates), page, key: anyText }),
  staticData: { roles: ['institution', 'administrator'] },
  component: lazyRouteComponent(() => import('./pages/keys/keys'), 'Keys'),
})

const lists = createRoute({
  getParentRoute: () => inside,
  path: '/lists',
  validateSearch: from({ page, list: anyText }),
  staticData: { roles: ['operator'] },
  component: lazyRouteComponent(() => import('./pages/lists/lists'), 'Lists'),
})

export const approvalStates = ['approved', 'rejected', 'withdrawn', 'overtaken'] as const
export const approvalsOf = ['mine', 'others'] as const

const approvals = createRoute({
  getParentRoute: () => inside,
  path: '/approvals',
  validateSearch: from({
    state: oneOf(...approvalStates),
    whose: oneOf(...approvalsOf),
    sort: oneOf('requested_at', '-requested_at'),
    ...toolsSay,
    approval: anyText,
  }),
  staticData: { roles: ['operator'] },
  component: lazyRouteComponent(() => import('./pages/approvals/approvals'), 'Approvals'),
})

export const mergeStates = ['open', 'approved', 'refused', 'withdrawn', 'overtaken'] as const

const merges = createRoute({
  getParentRoute: () => inside,
  path: '/merges',
  validateSearch: from({ state: oneOf(...mergeStates), page, merge: anyText, kept: anyText }),
  staticData: { roles: ['operator'] },
  component: lazyRouteComponent(() => import('./pages/merges/merges'), 'Merges'),
})

export const claimStates = ['asked', 'proposed', 'agreed', 'refused', 'withdrawn'] as const

const claims = createRoute({
  getParentRoute: () => inside,
  path: '/claims',
  validateSearch: from({ state: oneOf(...claimStates), page, claim: anyText }),
  staticData: { roles: ['operator'] },
  component: lazyRouteComponent(() => import('./pages/claims/claims'), 'Claims'),
})

export const deadlinesOf = ['task', 'incident', 'approval', 'case'] as const
export const deadlineStates = ['near', 'passed'] as const

const deadlines = createRoute({
  getParentRoute: () => inside,
  path: '/deadlines',
  validateSearch: from({
    of: oneOf(...deadlinesOf),
    state: oneOf(...deadlineStates),
    sort: oneOf('-deadline'),
    ...toolsSay,
    deadline: anyText,
  }),
  staticData: { roles: ['operator'] },
  component: lazyRouteComponent(() => import('./pages/deadlines/deadlines'), 'Deadlines'),
})

/** Beijing's districts, and the area beside them. */
export const districts = [
  'dongcheng',
  'xicheng',
  'chaoyang',
  'fengtai',
  'shijingshan',
  'haidian',
  'mentougou',
  'fangshan',
  'tongzhou',
  'shunyi',
  'changping',
  'daxing',
  'huairou',
  'pinggu',
  'miyun',
  'yanqing',
  'economic-development-area',
] as const

const institutions = createRoute({
  getParentRoute: () => inside,
  path: '/institutions',
  validateSearch: from({
    q: anyText,
    status: oneOf('active', 'suspended'),
    role: oneOf('training', 'evaluation'),
    district: oneOf(...districts),
    sort: oneOf('name', '-name'),
    ...toolsSay,
  }),
  staticData: { roles: ['operator'] },
  component: lazyRouteComponent(() => import('./pages/institutions/institutions'), 'Institutions'),
})

const employers = createRoute({
  getParentRoute: () => inside,
  path: '/employers',
  validateSearch: from({ q: anyText, sort: oneOf('name', '-name'), ...toolsSay, employer: anyText }),
  staticData: { roles: ['operator', 'administrator'] },
  component: lazyRouteComponent(() => import('./pages/employers/employers'), 'Employers'),
})

export const intakeStates = ['checked', 'running', 'paused', 'done', 'stopped'] as const
export const intakeRowStates = ['refused', 'ready', 'registered', 'already'] as const

const intakes = createRoute({
  getParentRoute: () => inside,
  path: '/intakes',
  validateSearch: from({
    state: oneOf(...intakeStates),
    sort: oneOf('uploaded_at', '-uploaded_at'),
    ...toolsSay,
    intake: anyText,
    rows: oneOf(...intakeRowStates),
    row_page: page,
  }),
  staticData: { roles: ['institution', 'operator', 'employer'] },
  component: lazyRouteComponent(() => import('./pages/intakes/intakes'), 'Intakes'),
})

const staff = createRoute({
  getParentRoute: () => inside,
  path: '/staff',
  validateSearch: from({ class: anyText, page }),
  staticData: { roles: ['employer'] },
  component: lazyRouteComponent(() => import('./pages/staff/staff'), 'Staff'),
})

const institution = createRoute({
  getParentRoute: () => inside,
  path: '/institutions/$id',
  validateSearch: from({ do: oneOf('suspend', 'lift', 'end', 'spread', 'inspect') }),
  staticData: { roles: ['operator'] },
  component: lazyRouteComponent(() => import('./pages/institutions/record'), 'RecordPage'),
})

export const inspectionStates = ['planned', 'visited', 'closed', 'cancelled'] as const

const inspections = createRoute({
  getParentRoute: () => inside,
  path: '/inspections',
  validateSearch: from({
    state: oneOf(...inspectionStates),
    overdue: oneOf('yes'),
    sort: oneOf('planned_on', '-planned_on'),
    ...toolsSay,
    inspection: anyText,
  }),
  staticData: { roles: ['institution', 'operator'] },
  component: lazyRouteComponent(() => import('./pages/inspections/inspections'), 'Inspections'),
})

const capacity = createRoute({
  getParentRoute: () => inside,
  path: '/capacity',
  staticData: { roles: ['institution'] },
  component: lazyRouteComponent(() => import('./pages/capacity/capacity'), 'Capacity'),
})

export const noticeStates = ['open', 'acknowledged'] as const

const notices = createRoute({
  getParentRoute: () => inside,
  path: '/notices',
  validateSearch: from({ state: oneOf(...noticeStates), page, notice: anyText }),
  staticData: { roles: ['institution', 'operator'] },
  component: lazyRouteComponent(() => import('./pages/notices/notices'), 'Notices'),
})

const duties = createRoute({
  getParentRoute: () => inside,
  path: '/duties',
  staticData: { roles: ['institution', 'operator'] },
  component: lazyRouteComponent(() => import('./pages/duties/duties'), 'Duties'),
})

const security = createRoute({
  getParentRoute: () => inside,
  path: '/security',
  component: lazyRouteComponent(() => import('./pages/security/security'), 'Security'),
})

export const rowStatuses = ['refused', 'ready', 'applied', 'repeated', 'empty'] as const

const workbooks = createRoute({
  getParentRoute: () => inside,
  path: '/workbooks',
  validateSearch: from({ workbook: anyText, status: oneOf(...rowStatuses), page }),
  staticData: { roles: ['institution'] },
  component: lazyRouteComponent(() => import('./pages/workbooks/workbooks'), 'Workbooks'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    login,
    signUp,
    invitation,
    outside.addChildren([front, classCalendar, classOffered, policyQuestions, curriculum, findInstitutions, join]),
    inside.addChildren([
      mine,
      myRegistration,
      myCertificates,
      myCEHours,
      myMessages,
      myReach,
      myRequests,
      requests,
      oneCase,
      tasks,
      classes,
      sittings,
      sessions,
      overview,
      queues,
      cases,
      incidents,
      certificates,
      issuing,
      certificate,
      revocations,
      reliance,
      ceYears,
      channels,
      templates,
      auditLog,
      policy,
      checks,
      accounts,
      invitations,
      keys,
      approvals,
      merges,
      claims,
      deadlines,
      notices,
      workbooks,
      lists,
      institutions,
      institution,
      employers,
      intakes,
      staff,
      inspections,
      capacity,
      endpoint,
      endpoints,
      hosts,
      deliveries,
      guide,
      letters,
      groups,
      batches,
      batch,
      misconduct,
      duties,
      security,
    ]),
  ]),
  basepath: '/app',
  defaultPreload: 'intent',
  defaultPendingComponent: Waiting,
  defaultErrorComponent: Broken,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
  interface StaticDataRouteOption {
    /** Whom the page is shown to; everybody who is logged in, unless it says otherwise. */
    roles?: readonly Role[]
  }
}
