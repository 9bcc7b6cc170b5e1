// Package misconduct takes misconduct at an evaluation through its procedure, after the rule of the professional
// examinations: two of the evaluation body's staff record it; what stands on the attempt is held, and the trainee is told;
// they may make a statement; it is reviewed, decided by who may decide, and the decision delivered. No deadline decides
// anything: one that passes is told to people.
//
// The rules are data (rules.yaml) with the mark of how sure we are of them. What a case makes of a decision is the case's own
// workflow's.
package misconduct

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/remedy"
	"github.com/dengpan/dengpan/store"
)

// What is refused.
var (
	ErrOpen        = errors.New("misconduct is being handled of this task")
	ErrNotPart     = errors.New("the task is not a part of an evaluation")
	ErrUnknownAct  = errors.New("no rule knows the act")
	ErrState       = errors.New("the step is not the next")
	ErrSame        = errors.New("who recorded or confirmed it does not do this")
	ErrStated      = errors.New("there is a statement")
	ErrWindowOpen  = errors.New("the trainee may still make a statement")
	ErrRuleMissing = errors.New("it is not known who decides")
	ErrNotJudge    = errors.New("the rule has another decide")
)

// Desk is where misconduct is handled.
type Desk struct {
	Keys     *identity.Keyring
	Calendar calendar.Calendar
	Remedies remedy.Desk
}

// Report is what somebody saw in one part of an evaluation, or in several at once.
type Report struct {
	TaskIDs    []string
	Act        string
	OccurredOn calendar.Date
	Account    string // in words
	Evidence   string
	By         string // the account
	At         time.Time
}

// Record writes what one person saw. Nothing follows of it until a second confirms it.
func (d Desk) Record(tx *store.Tx, institution string, r Report) ([]store.Misconduct, error) {
	together, all := uuid.NewString(), []store.Misconduct{}
	for _, id := range r.TaskIDs {
		task, err := tx.Task(id)
		if err == nil && task.InstitutionID != institution {
			err = store.ErrNotFound
		}
		if err != nil {
			return nil, err
		}
		if task.Kind != contract.TheoryTask && task.Kind != contract.PracticalTask {
			return nil, ErrNotPart
		}
		m := store.Misconduct{
			ID: uuid.NewString(), CaseID: task.CaseID, TaskID: task.ID, InstitutionID: institution, ReportID: together, Part: task.Kind,
			Attempt: task.Attempt, Act: r.Act, OccurredOn: r.OccurredOn, Evidence: r.Evidence, State: store.MisconductRecorded,
			RecordedBy: r.By, RecordedAt: r.At, ChangedAt: r.At, Woken: true,
		}
		rules, err := d.rules(tx, m)
		if err != nil {
			return nil, err
		}
		if _, known := rules.Act(r.Act); !known {
			return nil, ErrUnknownAct
		}
		if m.AccountSealed, err = d.Keys.Seal([]byte(r.Account), store.MisconductSeal(m.ID)); err != nil {
			return nil, fmt.Errorf("seal an account of misconduct: %w", err)
		}
		err = tx.InsertMisconduct(m)
		if store.Constraint(err) == "misconduct_one_open" {
			err = ErrOpen
		}
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// rules are those that misconduct is handled by: of its case.
func (d Desk) rules(tx *store.Tx, m store.Misconduct) (Rules, error) {
	c, err := tx.Case(m.CaseID)
	if err != nil {
		return Rules{}, err
	}
	rules, err := policy.ByID(c.PolicyVersion)
	if err != nil {
		return Rules{}, fmt.Errorf("read a case's rules: %w", err)
	}
	return RulesFor(rules.Demonstration()), nil
}

// Step is what somebody does next about misconduct.
type Step struct {
	ID     string
	Reason string // in words
	By     string // the account
	At     time.Time
}

// opened is misconduct that is locked after its case, with the rules it is handled by.
type opened struct {
	store.Misconduct

	desk  Desk
	tx    *store.Tx
	file  *store.CaseFile
	rules Rules
	at    time.Time
}

func (d Desk) open(tx *store.Tx, id string, at time.Time, in ...string) (*opened, error) {
	m, err := tx.Misconduct(id)
	if err != nil {
		return nil, err
	}
	o := &opened{desk: d, tx: tx, at: at}
	if o.file, err = tx.OpenCase(m.CaseID); err != nil { // before it, as steps of the case do
		return nil, err
	}
	if o.Misconduct, err = tx.LockMisconduct(id); err != nil {
		return nil, err
	}
	if !slices.Contains(in, o.State) {
		return nil, ErrState
	}
	o.rules, err = d.rules(tx, m)
	return o, err
}

// due is the end of some days from an instant; nil when they are not known.
func (o *opened) due(from time.Time, days int) *time.Time {
	if days == 0 {
		return nil
	}
	end := o.desk.Calendar.After(from, days)
	return &end
}

// become takes misconduct to its next state, and says in the case's timeline what happened.
func (o *opened) become(state, event, actor string, due *time.Time, params map[string]any) error {
	o.State, o.DueAt = state, due
	o.note(event, actor, params)
	return o.save()
}

func (o *opened) note(event, actor string, params map[string]any) {
	if params == nil {
		params = map[string]any{}
	}
	params["part"], params["attempt"] = o.Part, o.Attempt
	o.file.Note(progress.Evaluation, event, actor, params)
}

func (o *opened) save() error {
	o.ChangedAt, o.EscalatedAt, o.Woken = o.at, nil, false
	if err := o.tx.SaveMisconduct(o.Misconduct); err != nil {
		return err
	}
	return o.file.Save()
}

// Confirm is the second person's word. What was confirmed holds what stands on the attempt, a certificate too, and is told to
// the trainee; what was not is dropped, and the trainee never hears of it.
func (d Desk) Confirm(tx *store.Tx, agrees bool, s Step) (store.Misconduct, []store.InboxItem, error) {
	o, err := d.open(tx, s.ID, s.At, store.MisconductRecorded)
	if err != nil {
		return store.Misconduct{}, nil, err
	}
	o.ConfirmedBy, o.ConfirmedAt, o.Confirmation = &s.By, &s.At, s.Reason
	if !agrees {
		o.State = store.MisconductDropped
		return o.Misconduct, nil, o.save()
	}
	if o.RecordedBy == s.By {
		return o.Misconduct, nil, ErrSame
	}
	o.StatementUntil = o.due(s.At, o.rules.Days.Statement)
	var due *time.Time
	params := map[string]any{"act": o.Act}
	if o.StatementUntil != nil {
		due = o.due(*o.StatementUntil, o.rules.Days.Review)
		params["until"] = d.Calendar.Today(*o.StatementUntil).String()
	}
	grade, err := o.grade(store.CertificateValid)
	if err != nil {
		return o.Misconduct, nil, err
	}
	o.Suspended = grade != nil
	if err := o.become(store.MisconductNoticed, "misconduct_noticed", store.ActorInstitution(o.InstitutionID), due, params); err != nil {
		return o.Misconduct, nil, err
	}
	told, err := o.tell(grade, store.CertificateChange{
		Status: store.CertificateSuspended, ReasonClass: "under_investigation", Reason: s.Reason, Actor: s.By, At: s.At,
	})
	return o.Misconduct, told, err
}

// grade is the case's grade certificate that stands in one of some ways; nil when there is none.
func (o *opened) grade(in ...string) (*store.Certificate, error) {
	all, err := o.tx.Certificates(o.CaseID)
	if err != nil {
		return nil, err
	}
	for i, c := range all {
		for _, status := range in {
			if c.Kind == contract.GradeCertificate && c.Status == status {
				return &all[i], nil
			}
		}
	}
	return nil, nil //nolint:nilnil // there is none, and nothing went wrong
}

// tell changes the case's certificate, if there is one to be changed, and tells the case.
func (o *opened) tell(grade *store.Certificate, change store.CertificateChange) ([]store.InboxItem, error) {
	if grade == nil {
		item, err := o.tx.InsertInbox(o.CaseID, store.InboxMisconduct, o.ID)
		return []store.InboxItem{item}, err
	}
	locked, err := o.tx.LockCertificate(grade.ID)
	if err != nil {
		return nil, err
	}
	told, err := o.desk.Remedies.Change(o.tx, locked, change)
	if err != nil {
		return nil, err
	}
	return told, o.tx.Audit(store.AuditEntry{
		Actor: change.Actor, Action: "certificate." + change.Status, Subject: "certificate:" + grade.ID, Reason: change.Reason, At: change.At,
	})
}
