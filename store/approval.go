package store

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/filter"
)

// Approval is what somebody asked for and somebody else has to decide on. It is about a case, an incident, or what else names
// it, as it was seen; it is void as soon as that has changed.
type Approval struct {
	ID             string
	CaseID         *string
	IncidentID     *string
	Verb           contract.Verb
	Seen           int // the last line of the case's timeline when it was asked for
	Reason         string
	LegalBasis     string
	RequestedBy    string
	RequestedAt    time.Time
	State          string
	DecidedBy      *string
	DecidedAt      *time.Time
	DecisionReason string
}

// States of an approval.
const (
	ApprovalPending   = "pending"
	ApprovalApproved  = "approved"
	ApprovalRejected  = "rejected"
	ApprovalWithdrawn = "withdrawn" // by who asked
	ApprovalOvertaken = "overtaken" // what was asked about changed
)

// AskApproval writes what a second person is to decide about the case.
func (f *CaseFile) AskApproval(a Approval) error {
	a.CaseID, a.Seen = &f.ID, f.LastEvent
	f.AwaitsApproval = true
	return f.tx.InsertApproval(a)
}

// InsertApproval writes what a second person is to decide, and tells the operators. The database refuses a second one about
// the same case or incident while one is open.
func (tx *Tx) InsertApproval(a Approval) error {
	a.State = ApprovalPending
	if err := tx.db.Create(&a).Error; err != nil {
		return found(err, "write what is to be approved")
	}
	return tx.tellOfApproval("approval_asked", a)
}

// tellOfApproval tells the operators in whose area the case lies.
func (tx *Tx) tellOfApproval(kind string, a Approval) error {
	n := Notice{Audience: AudienceOperators, Kind: kind, Occasion: a.ID, Params: map[string]any{"verb": string(a.Verb)}}
	if a.CaseID != nil {
		c, err := tx.Case(*a.CaseID)
		if err != nil {
			return err
		}
		n.InstitutionID = &c.TrainingBody
	}
	return tx.InsertNotice(n)
}

// Approval reads an approval.
func (tx *Tx) Approval(id string) (Approval, error) {
	return byID[Approval](tx.db, id, "read what is to be approved")
}

// LockApproval reads an approval and locks it. Its case and its incident are locked before it.
func (tx *Tx) LockApproval(id string) (Approval, error) {
	return byID[Approval](tx.held(), id, "lock what is to be approved")
}

// DecideApproval writes what became of an approval that was pending, and of what it was asked for. The database refuses who
// asked, and an approval of what has changed. What was approved of one case is put in the inbox for it.
func (tx *Tx) DecideApproval(a Approval) ([]InboxItem, error) {
	res := tx.db.Model(&Approval{}).Where("id = ? AND state = ?", a.ID, ApprovalPending).
		Select("state", "decided_by", "decided_at", "decision_reason").Updates(a)
	switch {
	case res.Error != nil:
		return nil, found(res.Error, "write a decision")
	case res.RowsAffected != 1:
		return nil, fmt.Errorf("write a decision: it was decided already: %w", ErrNotFound)
	}
	if a.State == ApprovalApproved {
		return tx.release(a)
	}
	return nil, tx.settle(a)
}

// settle answers what a second person will not approve any more.
func (tx *Tx) settle(a Approval) error {
	err := tx.db.Model(&Act{}).Where("approval_id = ? AND state = ?", a.ID, ActAwaiting).
		Updates(map[string]any{"state": a.State, "answered_at": a.DecidedAt}).Error
	if err == nil {
		err = tx.db.Model(&Resolution{}).Where("approval_id = ? AND outcome = ?", a.ID, ActAwaiting).Update("outcome", a.State).Error
	}
	return found(err, "answer what was not approved")
}

// release lets go what was approved.
func (tx *Tx) release(a Approval) (items []InboxItem, err error) {
	var acts []Act
	if err := tx.db.Find(&acts, "approval_id = ? AND state = ?", a.ID, ActAwaiting).Error; err != nil {
		return nil, found(err, "read what was approved")
	}
	for _, act := range acts {
		if err := tx.db.Model(&Act{}).Where("id = ?", act.ID).Update("state", ActPending).Error; err != nil {
			return nil, fmt.Errorf("let go an act: %w", err)
		}
		item, err := tx.InsertInbox(act.CaseID, InboxAct, act.ID)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

// overtake makes void what a second person was to decide about a case that has changed, and tells who asked.
func (f *CaseFile) overtake() error {
	f.AwaitsApproval = false
	var open []Approval
	if err := f.tx.db.Find(&open, "case_id = ? AND state = ?", f.ID, ApprovalPending).Error; err != nil {
		return found(err, "read what is to be approved")
	}
	for _, a := range open {
		if err := f.tx.Overtake(a, f.now); err != nil {
			return err
		}
	}
	return nil
}

// Overtake makes void what a second person was to decide about something that has changed, and tells who asked.
func (tx *Tx) Overtake(a Approval, at time.Time) error {
	a.State, a.DecidedAt = ApprovalOvertaken, &at
	if _, err := tx.DecideApproval(a); err != nil {
		return err
	}
	return tx.tellOfApproval("approval_overtaken", a)
}

// ApprovalOfIncident reads what a second person is to decide about an incident; nil when there is nothing.
func (tx *Tx) ApprovalOfIncident(incidentID string) (*Approval, error) {
	var all []Approval
	err := tx.db.Limit(1).Find(&all, "incident_id = ? AND state = ?", incidentID, ApprovalPending).Error
	if err != nil || len(all) == 0 {
		return nil, found(err, "read what is to be approved of an incident")
	}
	return &all[0], nil
}

// ApprovalSubjects are what approvals are about: cases and incidents by their own ids, acts and resolutions by the
// approval's. Of a batch, which has many resolutions, there is none.
type ApprovalSubjects struct {
	Cases       map[string]Case
	Incidents   map[string]Incident
	Acts        map[string]Act
	Resolutions map[string]Resolution
}

// ApprovalSubjects reads what approvals are about.
func (tx *Tx) ApprovalSubjects(approvals []Approval) (ApprovalSubjects, error) {
	about := ApprovalSubjects{Incidents: map[string]Incident{}, Acts: map[string]Act{}, Resolutions: map[string]Resolution{}}
	ids, cases, stuck := make([]string, len(approvals)), []string{}, []string{}
	for i, a := range approvals {
		ids[i] = a.ID
		if a.CaseID != nil {
			cases = append(cases, *a.CaseID)
		}
		if a.IncidentID != nil {
			stuck = append(stuck, *a.IncidentID)
		}
	}
	var err error
	if about.Cases, err = tx.CasesByID(cases); err != nil {
		return about, err
	}
	var incidents []Incident
	var acts []Act
	var resolutions []Resolution
	if err := tx.db.Find(&incidents, "id IN ?", stuck).Error; err != nil {
		return about, found(err, "read what approvals are about")
	}
	if err := tx.db.Find(&acts, "approval_id IN ?", ids).Error; err != nil {
		return about, found(err, "read what approvals are of")
	}
	if err := tx.db.Find(&resolutions, "approval_id IN ? AND incident_id IN ?", ids, stuck).Error; err != nil {
		return about, found(err, "read what approvals are of")
	}
	for _, i := range incidents {
		about.Incidents[i.ID] = i
	}
	for _, a := range acts {
		about.Acts[*a.ApprovalID] = a
	}
	for _, r := range resolutions {
		about.Resolutions[*r.ApprovalID] = r
	}
	return about, nil
}

// ApprovalFilter picks approvals; an empty field picks all.
type ApprovalFilter struct {
	Within

	State       string
	Verb        contract.Verb
	CaseID      string
	RequestedBy string
	// Except leaves out what somebody asked for themselves.
	Except   string
	Where    filter.Expr // bound, by [ApprovalFields]
	After    *Position
	Numbered Numbered
	Limit    int
}

var approvalOrders = map[string]string{
	"": "requested_at DESC, id DESC", "-requested_at": "requested_at DESC, id DESC", "requested_at": "requested_at, id",
}

func (f ApprovalFilter) pick(q *gorm.DB) *gorm.DB {
	q = approvalSearch.pick(f.ofCases(q), f.Where)
	for column, value := range map[string]string{
		"state": f.State, "verb": string(f.Verb), "case_id": f.CaseID, "requested_by": f.RequestedBy,
	} {
		if value != "" {
			q = q.Where(column+" = ?", value)
		}
	}
	if f.Except != "" {
		q = q.Where("requested_by <> ?", f.Except)
	}
	return q
}

func (f ApprovalFilter) picked(q *gorm.DB) *gorm.DB {
	return f.Numbered.of(f.pick(q.Model(&Approval{})), approvalOrders, f.Limit)
}

// CountApprovals counts the approvals that a filter picks.
func (tx *Tx) CountApprovals(f ApprovalFilter) (int64, error) {
	var n int64
	err := f.pick(tx.db.Model(&Approval{})).Count(&n).Error
	return n, found(err, "count approvals")
}

// Approvals reads approvals, the latest first unless another order is asked for.
func (tx *Tx) Approvals(f ApprovalFilter) ([]Approval, error) {
	q := f.picked(tx.db)
	if f.After != nil {
		q = q.Where("(requested_at, id) < (?, ?)", f.After.At, f.After.ID)
	}
	var all []Approval
	return all, found(q.Find(&all).Error, "list approvals")
}
