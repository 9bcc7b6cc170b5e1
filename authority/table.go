package authority

import (
	"cmp"
	"slices"
)

// Scopes as columns: who reaches how far.
func roles(trainee, institution, operator, administrator Scope) map[Role]Scope {
	return map[Role]Scope{Trainee: trainee, Institution: institution, Operator: operator, Administrator: administrator}
}

// public is a row that asks for no account.
func public(route, verb string) Row { return Row{Route: route, Verb: verb, Public: true} }

// table is role × verb × scope, one operation a line. The columns: trainee, institution, operator, administrator.
var table = []Row{
	{"POST /v1/cases", "case.register", Nothing, false, roles(Own, None, Area, None)},
	{"GET /v1/cases", "case.list", Nothing, false, roles(None, None, Area, None)},
	{"GET /v1/cases/{id}", "case.read", Case, false, roles(Own, None, Area, None)},
	{"GET /v1/cases/{id}/hours", "case.read", Case, false, roles(Own, None, Area, None)},
	{"GET /v1/cases/{id}/events", "case.read", Case, false, roles(Own, None, Area, None)},
	{"GET /v1/cases/{id}/stream", "case.read", Case, false, roles(Own, None, Area, None)},
	{"POST /v1/cases/{id}/withdrawal", "case.withdraw", Case, false, roles(Own, None, Area, None)},
	{"POST /v1/cases/{id}/facts", "case.facts", Case, false, roles(Own, None, Area, None)},
	{"POST /v1/cases/{id}/rules", "case.rules", Case, false, roles(None, None, City, None)},

	{"GET /v1/audit", "audit.read", Nothing, false, roles(None, None, City, None)},
	{"GET /v1/cases/{id}/audit", "audit.read", Case, false, roles(None, None, Area, None)},

	{"GET /v1/me/cases", "me.read", Nothing, false, roles(Own, None, None, None)},
	{"GET /v1/me/ce-hours", "me.read", Nothing, false, roles(Own, None, None, None)},
	{"GET /v1/me/certificates", "me.read", Nothing, false, roles(Own, None, None, None)},
	{"GET /v1/me/ce-statements/{year}", "me.read", Nothing, false, roles(Own, None, None, None)},
	{"GET /v1/me/ce-statements/{year}/pdf", "me.read", Nothing, false, roles(Own, None, None, None)},

	{"GET /v1/me/contacts", "me.contacts", Nothing, false, roles(Own, None, None, None)},
	{"PUT /v1/me/contacts", "me.contacts", Nothing, false, roles(Own, None, None, None)},
	{"GET /v1/me/photo", "me.photo", Nothing, false, roles(Own, None, None, None)},
	{"PUT /v1/me/photo", "me.photo", Nothing, false, roles(Own, None, None, None)},
	{"DELETE /v1/me/photo", "me.photo", Nothing, false, roles(Own, None, None, None)},
	{"POST /v1/me/export", "me.export", Nothing, false, roles(Own, None, None, None)},
	{"GET /v1/me/deletion-requests", "me.deletion", Nothing, false, roles(Own, None, None, None)},
	{"POST /v1/me/deletion-requests", "me.deletion", Nothing, false, roles(Own, None, None, None)},
	{"GET /v1/deletion-requests", "deletion.list", Nothing, false, roles(None, None, City, None)},
	{"POST /v1/deletion-requests/{id}/decision", "deletion.decide", Deletion, false, roles(None, None, City, None)},
	{"POST /v1/person-search", "person.search", Nothing, false, roles(None, None, Area, None)},
	{"POST /v1/cases/{id}/phone-release", "person.phone", Case, false, roles(None, None, Area, None)},
	{"POST /v1/cases/{id}/unmasking", "person.unmask", Case, false, roles(None, None, Area, None)},

	{"GET /v1/cases/{id}/ce-statements/{year}", "ce.statement", Case, false, roles(None, None, Area, None)},
	{"GET /v1/cases/{id}/ce-statements/{year}/pdf", "ce.statement", Case, false, roles(None, None, Area, None)},
	{"GET /v1/ce-report", "ce.report", Nothing, false, roles(None, None, City, None)},
	{"GET /v1/ce-report/csv", "ce.report", Nothing, false, roles(None, None, City, None)},
	{"GET /v1/ce-years", "ce.years", Nothing, false, roles(None, None, Area, None)},
	{"POST /v1/ce-years/{year}/closing", "ce.close", Nothing, false, roles(None, None, City, None)},
	{"POST /v1/ce-years/{year}/reopening", "ce.close", Nothing, false, roles(None, None, City, None)},

	{"POST /v1/courses", "course.open", Nothing, false, roles(None, Ours, None, None)},
	{"GET /v1/courses", "course.list", Nothing, false, roles(None, Ours, Area, None)},
	{"GET /v1/courses/{id}", "course.read", Course, false, roles(None, Ours, Area, None)},
	{"POST /v1/courses/{id}/places", "course.enrol", Course, false, roles(None, Ours, None, None)},
	{"GET /v1/courses/{id}/places", "course.read", Course, false, roles(None, Ours, Area, None)},
	{"POST /v1/courses/{id}/completion", "course.complete", Course, false, roles(None, Ours, City, None)},
	{"POST /v1/places/{id}/release", "course.release", Place, false, roles(None, None, City, None)},
	{"POST /v1/places/{id}/crediting", "course.credit", Place, false, roles(None, None, City, None)},

	{"GET /v1/tasks", "task.list", Nothing, false, roles(None, Ours, Area, None)},
	{"GET /v1/events", "event.list", Nothing, false, roles(None, Ours, None, None)},
	{"GET /v1/tasks/{id}", "task.read", Task, false, roles(None, Ours, Area, None)},
	{"POST /v1/tasks/{id}/result", "task.answer", Task, false, roles(None, Ours, None, None)},
	{"POST /v1/tasks/{id}/rejection", "task.answer", Task, false, roles(None, Ours, None, None)},

	{"GET /v1/certificates", "certificate.list", Nothing, false, roles(None, Ours, Area, None)},
	{"GET /v1/certificates/{id}/publications", "certificate.publications", Certificate, false, roles(None, Ours, Area, None)},
	{"GET /v1/channels", "channel.list", Nothing, false, roles(None, None, Area, None)},
	{"POST /v1/channels/{ref}/pause", "channel.turn", Nothing, false, roles(None, None, City, None)},
	{"POST /v1/channels/{ref}/resume", "channel.turn", Nothing, false, roles(None, None, City, None)},

	{"POST /v1/issuer-profiles", "issuer.propose", Nothing, false, roles(None, Ours, None, None)},
	{"GET /v1/issuer-profiles", "issuer.read", Nothing, false, roles(None, Ours, City, None)},
	{"GET /v1/issuer-profiles/{id}", "issuer.read", IssuerProfile, false, roles(None, Ours, City, None)},
	{"GET /v1/issuer-profiles/{id}/seal", "issuer.read", IssuerProfile, false, roles(None, Ours, City, None)},
	{"POST /v1/issuer-profiles/{id}/decision", "issuer.decide", IssuerProfile, false, roles(None, None, City, None)},

	{"POST /v1/evidence", "evidence.file", Nothing, false, roles(None, Ours, None, None)},
	{"GET /v1/evidence", "evidence.list", Nothing, false, roles(None, Ours, Area, None)},
	{"GET /v1/evidence/{id}/file", "evidence.read", Evidence, false, roles(None, Ours, Area, None)},
	{"POST /v1/evidence/{id}/completion", "evidence.file", Evidence, false, roles(None, Ours, None, None)},
	{"POST /v1/evidence/{id}/removal", "evidence.remove", Evidence, false, roles(None, Ours, Area, None)},
	public("PUT /v1/evidence/{id}/file", "evidence.send"), // what it is signed with is the authority
	{"GET /v1/endpoints", "endpoint.list", Nothing, false, roles(None, Ours, Area, None)},
	{"POST /v1/endpoints", "endpoint.set", Nothing, false, roles(None, Ours, Area, None)},
	{"GET /v1/endpoints/{id}", "endpoint.read", Endpoint, false, roles(None, Ours, Area, None)},
	{"POST /v1/endpoints/{id}/url", "endpoint.set", Endpoint, false, roles(None, Ours, Area, None)},
	{"POST /v1/endpoints/{id}/rotation", "endpoint.rotate", Endpoint, false, roles(None, Ours, Area, None)},
	{"POST /v1/endpoints/{id}/settings", "endpoint.set", Endpoint, false, roles(None, Ours, Area, None)},
	{"POST /v1/endpoints/{id}/ping", "endpoint.try", Endpoint, false, roles(None, Ours, Area, None)},
	{"POST /v1/endpoints/{id}/example", "endpoint.try", Endpoint, false, roles(None, Ours, Area, None)},
	{"POST /v1/endpoints/{id}/pause", "endpoint.stop", Endpoint, false, roles(None, Ours, Area, None)},
	{"POST /v1/endpoints/{id}/resume", "endpoint.stop", Endpoint, false, roles(None, Ours, Area, None)},
	{"POST /v1/endpoints/{id}/disabling", "endpoint.stop", Endpoint, false, roles(None, Ours, Area, None)},
	{"POST /v1/endpoints/{id}/enabling", "endpoint.stop", Endpoint, false, roles(None, Ours, Area, None)},
	{"POST /v1/endpoints/{id}/redelivery", "delivery.redeliver", Endpoint, false, roles(None, Ours, Area, None)},
	{"GET /v1/deliveries", "delivery.list", Nothing, false, roles(None, Ours, Area, None)},
	{"GET /v1/deliveries/{id}", "delivery.read", Delivery, false, roles(None, Ours, Area, None)},
	{"POST /v1/deliveries/{id}/redelivery", "delivery.redeliver", Delivery, false, roles(None, Ours, Area, None)},
	{"GET /v1/allowed-hosts", "host.list", Nothing, false, roles(None, None, City, None)},
	{"POST /v1/allowed-hosts", "host.allow", Nothing, false, roles(None, None, City, None)},
	{"POST /v1/allowed-hosts/{id}/removal", "host.allow", AllowedHost, false, roles(None, None, City, None)},
	{"GET /v1/dead-letters", "letter.list", Nothing, false, roles(None, None, Area, None)},
	{"GET /v1/dead-letters/{id}", "letter.read", Letter, false, roles(None, None, Area, None)},
	{"POST /v1/dead-letters/{id}/resolution", "letter.resolve", Letter, false, roles(None, None, Area, None)},

	{"POST /v1/staff", "staff.name", Nothing, false, roles(None, Ours, None, None)},
	{"GET /v1/staff", "staff.list", Nothing, false, roles(None, Ours, None, None)},
	{"POST /v1/staff/{ref}/removal", "staff.remove", Nothing, false, roles(None, Ours, None, None)},
	{"POST /v1/attendance", "attendance.report", Nothing, false, roles(None, Ours, None, None)},
	{"POST /v1/heartbeats", "attendance.report", Nothing, false, roles(None, Ours, None, None)},
	{"POST /v1/xapi/statements", "attendance.report", Nothing, false, roles(None, Ours, None, None)},
	{"POST /v1/attendance/corrections", "attendance.correct", Nothing, false, roles(None, Ours, None, None)},
	{"GET /v1/attendance/corrections", "attendance.list", Nothing, false, roles(None, Ours, Area, None)},
	{"POST /v1/attendance/corrections/{id}/decision", "attendance.decide", Correction, false, roles(None, None, Area, None)},
	{"GET /v1/sessions", "session.list", Nothing, false, roles(None, Ours, Area, None)},
	{"GET /v1/sessions/{id}", "session.read", Session, false, roles(None, Ours, Area, None)},
	{"POST /v1/sessions/{id}/voiding", "session.void", Session, false, roles(None, Ours, Area, None)},
	{"GET /v1/sessions/{id}/roster", "session.roster", Session, false, roles(None, Ours, None, None)},

	{"POST /v1/classes", "class.open", Nothing, false, roles(None, Ours, None, None)},
	{"GET /v1/classes", "class.list", Nothing, false, roles(None, Ours, Area, None)},
	{"GET /v1/classes/{id}", "class.read", Class, false, roles(None, Ours, Area, None)},
	{"GET /v1/classes/{id}/candidates", "class.candidates", Class, false, roles(None, Ours, None, None)},
	{"POST /v1/classes/{id}/revision", "class.revise", Class, false, roles(None, Ours, None, None)},
	{"POST /v1/classes/{id}/members", "class.fill", Class, false, roles(None, Ours, None, None)},
	{"POST /v1/classes/{id}/members/removal", "class.fill", Class, false, roles(None, Ours, None, None)},
	{"POST /v1/classes/{id}/closing", "class.close", Class, false, roles(None, Ours, None, None)},

	{"GET /v1/task-workbook", "workbook.download", Nothing, false, roles(None, Ours, None, None)},
	{"GET /v1/session-workbook", "workbook.download", Nothing, false, roles(None, Ours, None, None)},
	{"GET /v1/attendance-workbook", "workbook.download", Nothing, false, roles(None, Ours, None, None)},
	{"POST /v1/workbooks", "workbook.upload", Nothing, false, roles(None, Ours, None, None)},
	{"GET /v1/workbooks", "workbook.read", Nothing, false, roles(None, Ours, None, None)},
	{"GET /v1/workbooks/{id}", "workbook.read", Workbook, false, roles(None, Ours, None, None)},
	{"GET /v1/workbooks/{id}/report", "workbook.read", Workbook, false, roles(None, Ours, None, None)},
	{"POST /v1/workbooks/{id}/application", "workbook.apply", Workbook, false, roles(None, Ours, None, None)},

	{"GET /v1/api-keys", "key.list", Nothing, false, roles(None, Ours, None, Unlimited)},
	{"POST /v1/api-keys", "key.make", Nothing, false, roles(None, Ours, None, Unlimited)},
	{"POST /v1/api-keys/{id}/rotation", "key.rotate", APIKey, false, roles(None, Ours, None, Unlimited)},
	{"POST /v1/api-keys/{id}/revocation", "key.revoke", APIKey, false, roles(None, Ours, None, Unlimited)},
	{"GET /v1/accounts", "account.list", Nothing, false, roles(None, Ours, None, Unlimited)},
	{"POST /v1/accounts/{id}/closing", "account.close", Account, false, roles(None, Ours, None, Unlimited)},
	{"GET /v1/invitations", "invitation.list", Nothing, false, roles(None, Ours, None, Unlimited)},
	{"POST /v1/invitations", "invitation.make", Nothing, false, roles(None, Ours, None, Unlimited)},
	{"POST /v1/invitations/{id}/revocation", "invitation.revoke", Invitation, false, roles(None, Ours, None, Unlimited)},
	public("POST /v1/invitations/reading", "invitation.accept"),
	public("POST /v1/invitations/acceptance", "invitation.accept"),
	public("POST /v1/invitations/oidc", "invitation.accept"),
	public("GET /login/oidc", "session.begin"),
	public("GET /login/oidc/callback", "session.begin"),

	{"GET /v1/notices", "notice.list", Nothing, false, roles(None, Ours, Area, None)},
	{"POST /v1/notices/{id}/acknowledgement", "notice.acknowledge", Notice, false, roles(None, Ours, Area, None)},
	{"GET /v1/mailboxes", "mailbox.list", Nothing, false, roles(None, Ours, City, None)},
	{"POST /v1/mailboxes", "mailbox.name", Nothing, false, roles(None, Ours, City, None)},
	{"POST /v1/mailboxes/{id}/removal", "mailbox.remove", Mailbox, false, roles(None, Ours, City, None)},

	{"GET /v1/incidents", "incident.list", Nothing, false, roles(None, None, Area, None)},
	{"GET /v1/incidents/{id}", "incident.read", Incident, false, roles(None, None, Area, None)},
	{"POST /v1/incidents/{id}/resolution", "incident.resolve", Incident, false, roles(None, None, Area, None)},

	{"POST /v1/list-snapshots", "list.import", Nothing, false, roles(None, None, City, None)},
	{"GET /v1/list-snapshots", "list.read", Nothing, false, roles(None, None, City, None)},
	{"GET /v1/list-snapshots/{id}", "list.read", List, false, roles(None, None, City, None)},
	{"POST /v1/list-snapshots/{id}/names", "list.decide", List, false, roles(None, None, City, None)},
	{"POST /v1/list-snapshots/{id}/application", "list.apply", List, false, roles(None, None, City, None)},
	{"POST /v1/list-snapshots/{id}/discarding", "list.discard", List, false, roles(None, None, City, None)},
	{"GET /v1/institutions/{ref}/suspension", "institution.suspend", Nothing, false, roles(None, None, City, None)},
	{"POST /v1/institutions/{ref}/suspension", "institution.suspend", Nothing, false, roles(None, None, City, None)},
	{"POST /v1/institutions/{ref}/reinstatement", "institution.suspend", Nothing, false, roles(None, None, City, None)},

	public("OPTIONS /v1/codec/decode", "payload.read"), // what a browser asks before it asks
	{"POST /v1/codec/decode", "payload.read", Nothing, false, roles(None, None, City, None)},

	public("GET /v1/session/ways", "session.begin"),
	public("POST /v1/session", "session.begin"),
	{"GET /v1/session", "session.who", Nothing, false, roles(Own, Own, Own, Own)},
	{"DELETE /v1/session", "session.end", Nothing, false, roles(Own, Own, Own, Own)},
	{"GET /v1/me/sessions", "session.list_own", Nothing, false, roles(Own, Own, Own, Own)},
	{"DELETE /v1/me/sessions", "session.revoke", Nothing, false, roles(Own, Own, Own, Own)},
	{"DELETE /v1/me/sessions/{id}", "session.revoke", WebSession, false, roles(Own, Own, Own, Own)},
	{"POST /v1/me/password", "password.change", Nothing, false, roles(Own, Own, Own, Own)},
	{"GET /v1/me/identity", "identity.read", Nothing, false, roles(Own, Own, Own, Own)},
	{"POST /v1/me/identity", "identity.link", Nothing, false, roles(Own, Own, Own, Own)},
	{"DELETE /v1/me/identity", "identity.unlink", Nothing, false, roles(Own, Own, Own, Own)},
	{"POST /v1/me/second-factor", "second_factor.enrol", Nothing, false, roles(Own, Own, Own, Own)},
	{"POST /v1/me/second-factor/confirmation", "second_factor.enrol", Nothing, false, roles(Own, Own, Own, Own)},
	{"DELETE /v1/me/second-factor", "second_factor.remove", Nothing, false, roles(Own, Own, Own, Own)},

	public("GET /v1/catalogue", "public.catalogue"),
	public("GET /v1/institutions", "public.catalogue"),
	public("GET /v1/institutions/{ref}", "public.catalogue"),
	public("GET /v1/xapi/about", "public.about"),
	public("POST /v1/verifications", "public.verify"),
	public("POST /v1/document-checks", "public.verify"),
	public("GET /verify", "public.verify"),
	public("POST /verify", "public.verify"),
	public("POST /verify/file", "public.verify"),
	public("GET /verify/{token}", "public.verify"),
	public("GET /healthz", "public.health"),
	public("GET /readyz", "public.health"),
	public("GET /metrics", "public.metrics"),
	public("GET /openapi.json", "public.description"),
	public("GET /docs", "public.description"),
	public("GET /docs/docs.js", "public.description"),
	public("GET /docs/page.css", "public.description"),

	public("GET /", "public.application"),
	public("GET /app", "public.application"),
	public("GET /app/{page}", "public.application"),
}

// Table is every row, in the order of its routes.
func Table() []Row { return slices.Clone(byRoute) }

var byRoute = slices.SortedFunc(slices.Values(table), func(a, b Row) int { return cmp.Compare(a.Route, b.Route) })
