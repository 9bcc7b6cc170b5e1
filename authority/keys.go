package authority

import (
	"maps"
	"slices"
)

// KeyScope is what an institution's API key may be used for.
type KeyScope string

// The scopes of keys.
const (
	KeyTasks      KeyScope = "tasks"      // take tasks and answer them; make sittings for them
	KeyAttendance KeyScope = "attendance" // make classes, name staff, report sessions, sign-ins and heartbeats, and mend them
	KeyCourses    KeyScope = "courses"    // open courses, enrol, declare them complete
	KeyCallbacks  KeyScope = "callbacks"  // set up and try the endpoint, and have events sent once more
	KeyVerify     KeyScope = "verify"     // check certificates, many at once
	KeyRead       KeyScope = "read"       // see all of that, and change nothing
)

// KeyScopes are all scopes of keys.
func KeyScopes() []KeyScope {
	return []KeyScope{KeyTasks, KeyAttendance, KeyCourses, KeyCallbacks, KeyVerify, KeyRead}
}

// keyVerbs says which scopes of keys a verb takes: one of them is enough. Every verb that is open to institutions stands
// here; one without scopes is for people who are logged in. What does not stand here is refused to every key.
var keyVerbs = map[string][]KeyScope{
	"task.list":   {KeyTasks, KeyRead},
	"event.list":  {KeyTasks, KeyCallbacks, KeyRead},
	"task.read":   {KeyTasks, KeyRead},
	"task.answer": {KeyTasks},

	"office_calendar.read": {KeyTasks, KeyRead},

	"staff.name":         {KeyAttendance},
	"staff.list":         {KeyAttendance, KeyRead},
	"staff.remove":       {KeyAttendance},
	"attendance.report":  {KeyAttendance},
	"attendance.correct": {KeyAttendance},
	"attendance.list":    {KeyAttendance, KeyRead},
	"session.list":       {KeyAttendance, KeyRead},
	"session.read":       {KeyAttendance, KeyRead},
	"session.void":       {KeyAttendance},
	"session.roster":     {KeyAttendance, KeyRead},

	"class.open":       {KeyAttendance},
	"class.list":       {KeyAttendance, KeyRead},
	"class.read":       {KeyAttendance, KeyRead},
	"class.candidates": {KeyAttendance, KeyRead},
	"class.revise":     {KeyAttendance},
	"class.offer":      {KeyAttendance},
	"class.fill":       {KeyAttendance},
	"class.close":      {KeyAttendance},

	// People are registered, and declared to have consented, by people.
	"sponsored_class.code": {},
	"intake.make":          {},
	"intake.list":          {},
	"intake.read":          {},
	"intake.rows":          {},
	"intake.start":         {},
	"intake.steer":         {},

	"note.read": {KeyTasks, KeyRead},
	"note.file": {KeyTasks, KeyRead},

	"export.read": {KeyRead},

	"evidence.file":   {KeyTasks, KeyAttendance},
	"evidence.list":   {KeyTasks, KeyAttendance, KeyRead},
	"evidence.read":   {KeyTasks, KeyAttendance, KeyRead},
	"evidence.remove": {KeyTasks, KeyAttendance},

	"course.open":     {KeyCourses},
	"course.list":     {KeyCourses, KeyRead},
	"course.read":     {KeyCourses, KeyRead},
	"course.enrol":    {KeyCourses},
	"course.complete": {KeyCourses},

	"certificate.list":         {KeyTasks, KeyRead},
	"certificate.publications": {KeyTasks, KeyRead},
	// Documents name people in full, as tasks do.
	"certificate.document": {KeyTasks},
	"certificate.print":    {KeyTasks},

	"bulk_check.make": {KeyVerify},
	"bulk_check.list": {KeyVerify, KeyRead},

	// What certificates carry is set by people.
	"issuer.propose":   {},
	"issuer.read":      {},
	"certificate.read": {KeyTasks, KeyRead},
	// What is asked for and decided about certificates is for people: two of them, and no program in between.
	"certificate.correct":  {},
	"certificate.suspend":  {},
	"certificate.revoke":   {},
	"certificate.requests": {},
	"certificate.decide":   {},
	"certificate.withdraw": {},

	"duty.declare": {},

	// What trainees ask for is answered by people.
	"petition.list":   {KeyTasks, KeyRead},
	"petition.read":   {KeyTasks, KeyRead},
	"petition.answer": {},
	"petition.state":  {},

	// Nor is anybody accused or judged by a program.
	"sitting.make":      {KeyTasks},
	"sitting.list":      {KeyTasks, KeyRead},
	"sitting.read":      {KeyTasks, KeyRead},
	"sitting.revise":    {KeyTasks},
	"sitting.cancel":    {KeyTasks},
	"door_check.record": {},
	"door_check.decide": {},

	"misconduct.record":  {},
	"misconduct.list":    {},
	"misconduct.read":    {},
	"misconduct.confirm": {},
	"misconduct.state":   {},
	"misconduct.review":  {},
	"misconduct.decide":  {},
	"misconduct.deliver": {},

	// Workbooks are for people, and do what several scopes of keys would have to be asked for.
	"workbook.download": {},
	"workbook.upload":   {},
	"workbook.read":     {},
	"workbook.apply":    {},

	"endpoint.list":      {KeyCallbacks, KeyRead},
	"endpoint.read":      {KeyCallbacks, KeyRead},
	"endpoint.set":       {KeyCallbacks},
	"endpoint.rotate":    {KeyCallbacks},
	"endpoint.try":       {KeyCallbacks},
	"endpoint.stop":      {KeyCallbacks},
	"delivery.list":      {KeyCallbacks, KeyRead},
	"delivery.read":      {KeyCallbacks, KeyRead},
	"delivery.redeliver": {KeyCallbacks},

	// Supervision is between people.
	"inspection.read":    {},
	"finding.answer":     {},
	"capacity.read":      {KeyTasks, KeyRead},
	"capacity.declare":   {},
	"institution.record": {},

	"session.who":          KeyScopes(),
	"session.end":          {},
	"session.list_own":     {},
	"session.revoke":       {},
	"password.change":      {},
	"second_factor.enrol":  {},
	"identity.read":        {},
	"identity.link":        {},
	"identity.unlink":      {},
	"second_factor.remove": {},
	"key.list":             {},
	"key.make":             {},
	"key.rotate":           {},
	"key.revoke":           {},
	"account.list":         {},
	"account.close":        {},
	"invitation.list":      {},
	"invitation.make":      {},
	"invitation.revoke":    {},
	"notice.list":          {},
	"notice.acknowledge":   {},
	"mailbox.list":         {},
	"mailbox.name":         {},
	"mailbox.remove":       {},
}

// KeyVerbs are the verbs of which it is said which keys they take, in alphabetical order.
func KeyVerbs() []string { return slices.Sorted(maps.Keys(keyVerbs)) }

// opens reports whether a key with these scopes may be used for a verb.
func opens(scopes []KeyScope, verb string) bool {
	return slices.ContainsFunc(keyVerbs[verb], func(s KeyScope) bool { return slices.Contains(scopes, s) })
}
