// Package acting is what operators do to a case: which verbs are for it as it stands, what each would do, and doing it. An
// act is asked for in the record, and carried out by a step of the case's own workflow, which decides again whether it
// holds. What is done about an incident is its resolution, on the same ways.
//
// Waiving a condition, replacing a result and giving a case up need a second person, who decides on the case as it was seen:
// if it has changed since, there is nothing to approve any more. Who may ask and decide is package authority's.
package acting

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/store"
)

// What is refused.
var (
	ErrChanged    = errors.New("the case has changed since it was seen")
	ErrClosed     = errors.New("the incident is closed")
	ErrResolving  = errors.New("a resolution is on its way")
	ErrNotAllowed = errors.New("the verb does not resolve incidents of this cause")
	ErrPaused     = errors.New("the case is paused")
	ErrOpen       = errors.New("a second person has yet to decide on another")
	ErrDecided    = errors.New("it is decided")
	ErrSame       = errors.New("who asked does not decide")
	ErrNotAsker   = errors.New("only who asked withdraws")
)

// NotPossibleError is a verb that is not for the case as it stands, by its code.
type NotPossibleError struct{ Why string }

func (e *NotPossibleError) Error() string { return "the act is not possible: " + e.Why }

// Desk is where operators act.
type Desk struct {
	Calendar calendar.Calendar
	// Rules finds the rules a case keeps the name of; nil is policy.ByID.
	Rules func(version string) (*policy.Policy, error)
}

// Open opens a case to be acted on.
func (d Desk) Open(tx *store.Tx, caseID string) (*File, error) {
	f, err := tx.OpenCase(caseID)
	if err != nil {
		return nil, err
	}
	return d.File(tx, f)
}

// File is a case that is open already.
func (d Desk) File(tx *store.Tx, f *store.CaseFile) (*File, error) {
	find := d.Rules
	if find == nil {
		find = policy.ByID
	}
	rules, err := find(f.PolicyVersion)
	if err != nil {
		return nil, fmt.Errorf("read the case's rules: %w", err)
	}
	return &File{CaseFile: f, Tx: tx, Rules: rules, Cal: d.Calendar, Today: d.Calendar.Today(f.Now())}, nil
}

// Asking is what an operator asks for.
type Asking struct {
	CaseID     string
	Verb       contract.Verb
	Params     store.ActParams
	Reason     string
	LegalBasis string
	Seen       int // the last line of the case's timeline that the operator saw
	By         string
	At         time.Time
}

// Asked is what became of it: an act on the case, or the resolution of what it is stuck on; and what a second person decides
// on. Item is the message to the case, when there is one by now.
type Asked struct {
	Act        *store.Act
	Resolution *store.Resolution
	Incident   *store.Incident
	Approval   *store.Approval
	Item       store.InboxItem
}

// Ask asks for an act.
func (d Desk) Ask(tx *store.Tx, a Asking) (Asked, error) {
	f, err := d.Open(tx, a.CaseID)
	if err != nil {
		return Asked{}, err
	}
	if f.LastEvent != a.Seen {
		return Asked{}, ErrChanged
	}
	return f.ask(a)
}

func (f *File) ask(a Asking) (Asked, error) {
	s, err := f.scene()
	if err != nil {
		return Asked{}, err
	}
	act := store.Act{
		ID: uuid.NewString(), CaseID: f.ID, Verb: a.Verb, Params: a.Params, Reason: a.Reason, Seen: f.LastEvent, RequestedBy: a.By, RequestedAt: a.At,
	}
	refusal, err := f.refuses(act, s)
	if err == nil && refusal == "" && s.way {
		refusal = ActPending
	}
	if err != nil {
		return Asked{}, err
	}
	if refusal != "" {
		return Asked{}, &NotPossibleError{refusal}
	}
	if by := resolves(a.Verb, s.incident); by != "" && f.PausedAt == nil {
		return f.askResolution(*s.incident, a, store.Resolution{
			ID: act.ID, IncidentID: s.incident.ID, Verb: by, Reason: a.Reason, RequestedBy: a.By, RequestedAt: a.At,
			Params: store.ResolutionParams{
				Institution: a.Params.Institution, Days: a.Params.Days, Applicant: a.Params.Applicant, Evidence: a.Params.Evidence,
			},
		})
	}
	asked := Asked{Act: &act}
	if a.Verb.NeedsApproval() {
		approval := a.approval()
		asked.Approval, act.ApprovalID = &approval, &approval.ID
		if err := f.askApproval(approval); err != nil {
			return asked, err
		}
		act.State = store.ActAwaiting
	}
	asked.Item, err = f.Tx.InsertAct(act)
	return asked, err
}

// approval is what the second person decides on.
func (a Asking) approval() store.Approval {
	return store.Approval{
		ID: uuid.NewString(), Verb: a.Verb, Reason: a.Reason, LegalBasis: a.LegalBasis, RequestedBy: a.By, RequestedAt: a.At,
		State: store.ApprovalPending,
	}
}

// askApproval writes what a second person is to decide about the case.
func (f *File) askApproval(a store.Approval) error {
	err := f.AskApproval(a)
	if store.Constraint(err) == "approvals_one_pending_case" {
		return ErrOpen
	}
	if err != nil {
		return err
	}
	return f.Save()
}

// askResolution asks for the resolution of what the case is stuck on.
func (f *File) askResolution(i store.Incident, a Asking, r store.Resolution) (Asked, error) {
	if refusal, err := f.refusesResolution(i, r); err != nil {
		return Asked{}, err
	} else if refusal != "" {
		return Asked{}, &NotPossibleError{refusal}
	}
	asked := Asked{Resolution: &r, Incident: &i}
	if !r.Verb.NeedsApproval() {
		var err error
		asked.Item, err = f.Tx.InsertResolution(i, r)
		return asked, err
	}
	approval := a.approval()
	approval.IncidentID = &i.ID
	asked.Approval, r.ApprovalID = &approval, &approval.ID
	if err := f.askApproval(approval); err != nil {
		return asked, err
	}
	return asked, f.Tx.InsertResolutionToApprove(r)
}
