// Package authority says who may do what to what: the table of every operation of the interface, with the roles it is open
// to and how far each of them reaches. What has no row, and a role that has no scope in a row, is refused.
//
// The table is data and the decision is pure: the interface asks [Of] for an operation's row, looks up who owns the object
// that the request names, and asks [Scope.Reaches]. What lies outside a scope is not found, exactly as if it were not there.
package authority

import "slices"

// Role is what an account is.
type Role string

// The roles.
const (
	Trainee       Role = "trainee"       // 学员: follows cases of their own
	Institution   Role = "institution"   // 培训机构、评价机构、继续教育基地: staff, or a machine with an API key
	Operator      Role = "operator"      // 经办人: of the city, or of one district (the notice: 区局对辖区相关工作负责)
	Administrator Role = "administrator" // 管理员: keeps accounts; sees no case
	Employer      Role = "employer"      // 用人单位: sees its own people in classes that it sponsors, and nothing else
)

// Roles are all roles.
func Roles() []Role { return []Role{Trainee, Institution, Operator, Administrator, Employer} }

// Scope is how far a role reaches.
type Scope string

// The scopes.
const (
	None      Scope = ""          // refused
	Own       Scope = "own"       // what belongs to the account's person, or to the account
	Ours      Scope = "ours"      // what belongs to the account's institution, or employer
	Area      Scope = "area"      // what lies in the operator's district; everything, for an operator of the city
	City      Scope = "city"      // everything, and for operators of the city only
	Unlimited Scope = "unlimited" // everything
)

// Object is a kind of thing that an operation names in its path, as {id}.
type Object string

// The kinds of objects. An operation without an object reaches what its handler picks by the caller's scope.
const (
	Nothing    Object = ""
	Case       Object = "case"
	Task       Object = "task"
	Letter     Object = "dead_letter"
	Incident   Object = "incident"
	Session    Object = "session"
	Class      Object = "class"
	Correction Object = "correction"
	Course     Object = "course"
	Place      Object = "place"
	APIKey     Object = "api_key"
	Account    Object = "account"
	Invitation Object = "invitation"
	WebSession Object = "web_session"
	Workbook   Object = "workbook"
	Deletion   Object = "deletion_request"
	Notice     Object = "notice"
	Mailbox    Object = "mailbox"
	Evidence   Object = "evidence"
	List       Object = "list_snapshot"
	View       Object = "saved_view"

	IssuerProfile Object = "issuer_profile"

	Note    Object = "case_note"
	Mention Object = "case_mention"
	Batch   Object = "batch"

	Inspection        Object = "inspection"
	InspectionFinding Object = "inspection_finding"
	Proposal          Object = "suspension_proposal"

	Endpoint    Object = "endpoint"
	Delivery    Object = "delivery"
	AllowedHost Object = "allowed_host"

	Print              Object = "certificate_print"
	Certificate        Object = "certificate"
	CertificateRequest Object = "certificate_request"
	Revocation         Object = "certificate_revocation"

	Draft Object = "registration_draft"

	Sitting   Object = "sitting"
	Booking   Object = "sitting_booking"
	DoorCheck Object = "door_check"

	Misconduct Object = "misconduct"
	Petition   Object = "petition"
	Merge      Object = "merge"

	PersonClaim Object = "person_claim"

	Approval Object = "approval"

	EmployerRecord Object = "employer"
	Intake         Object = "intake"
)

// Row is one operation: what it does, to what, and how far each role reaches with it.
type Row struct {
	Route string // "GET /v1/cases/{id}"
	Verb  string // "case.read"
	About Object
	// Public operations ask for no account at all.
	Public bool
	Scopes map[Role]Scope
}

// Of is the row of a route.
func Of(route string) (Row, bool) {
	i, found := slices.BinarySearchFunc(byRoute, route, func(r Row, route string) int {
		switch {
		case r.Route < route:
			return -1
		case r.Route > route:
			return 1
		}
		return 0
	})
	if !found {
		return Row{}, false
	}
	return byRoute[i], true
}

// beforeSecondFactor are the verbs that are open to a session that has yet to enrol a second factor.
var beforeSecondFactor = []string{"session.who", "session.end", "password.change", "second_factor.enrol"}

// BeforeSecondFactor reports whether an operation is open to a session that has yet to enrol a second factor.
func (r Row) BeforeSecondFactor() bool { return slices.Contains(beforeSecondFactor, r.Verb) }

// Caller is who asks.
type Caller struct {
	Role Role
	// Account, Person, Institution and Employer are ids; all but the first may be empty.
	Account, Person, Institution, Employer string
	// District is an operator's; empty for operators of the city.
	District string
	// Key is what the caller's API key may be used for; nil when the caller has none.
	Key []KeyScope
}

// Scope is how far a caller reaches with an operation.
func (r Row) Scope(c Caller) Scope {
	scope := r.Scopes[c.Role]
	if scope == City && c.District != "" || c.Key != nil && !opens(c.Key, r.Verb) {
		return None
	}
	return scope
}

// Owners are whom an object belongs to. An empty field is nobody.
type Owners struct {
	Account, Person, Institution, Employer string
	Districts                              []string
}

// Reaches reports whether a caller with this scope reaches what belongs to these owners.
func (s Scope) Reaches(c Caller, o Owners) bool {
	switch s {
	case Own:
		return c.Person != "" && c.Person == o.Person || c.Account != "" && c.Account == o.Account
	case Ours:
		return c.Institution != "" && c.Institution == o.Institution || c.Employer != "" && c.Employer == o.Employer
	case Area:
		return c.District == "" || slices.Contains(o.Districts, c.District)
	case City:
		return c.District == ""
	case Unlimited:
		return true
	case None:
	}
	return false
}
