package store

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
)

// States of an incident.
const (
	IncidentOpen      = "open"
	IncidentResolving = "resolving" // a resolution is on its way to the case
	IncidentClosed    = "closed"
)

// Ways an incident closes.
const (
	ClosedByResolution = "resolution"
	ClosedByArrival    = "arrival"    // what was overdue arrived
	ClosedByEnding     = "ending"     // the case ended
	ClosedBySuperseded = "superseded" // the case is stuck on something else now
	ClosedByMoreTime   = "more_time"  // what was overdue has more time
)

// Incident is why a case is stuck; or, when it holds up none, what was found about a certificate or about a channel that
// certificates are published on.
type Incident struct {
	ID            string
	CaseID        string `gorm:"default:null"` // empty: it is of no case
	Holds         bool   // a case is stuck on it
	CertificateID *string
	Channel       string
	Stage         progress.Stage
	Kind          contract.Kind
	Cause         contract.Cause
	InstitutionID *string
	TaskID        *string
	Params        map[string]any `gorm:"serializer:json"`
	State         string
	OpenedAt      time.Time
	ClosedAt      *time.Time
	ClosedBy      string
	WorkflowID    string     // of whose execution in Temporal it is; empty: it is of none's
	NextAttemptAt *time.Time // when what fails is tried again by itself, as far as is known
}

// Resolution is what an operator decided about an incident.
type Resolution struct {
	ID          string
	IncidentID  string
	Verb        contract.Verb
	Params      ResolutionParams `gorm:"serializer:json"`
	Reason      string
	RequestedBy string
	RequestedAt time.Time
	Outcome     string
	Refusal     string
	ApprovalID  *string // what the second person decides on
	BatchID     *string // what it is a part of, and was decided on as a whole
}

// ResolutionParams is what a verb needs: an institution to reassign to, days to extend by, facts to decide on, or the
// evidence an override rests on.
type ResolutionParams struct {
	Institution string            `json:"institution,omitempty"`
	Days        int               `json:"days,omitempty"`
	Applicant   *policy.Applicant `json:"applicant,omitempty"`
	Evidence    string            `json:"evidence,omitempty"`
}

// Outcomes of a resolution.
const (
	ResolutionPending = "pending"
	ResolutionApplied = "applied"
	ResolutionRefused = "refused"
)

// Role is the role in which an institution does the work that an incident holds up: who it is reassigned to must be
// listed in it.
func (i Incident) Role() string {
	if role, named := i.Params["role"].(string); named {
		return role
	}
	return RoleIn(i.Stage)
}

// OpenIncident writes why a case is stuck, and takes the stage to stuck. A case is stuck for one reason at a time: one
// that was open before gives way.
func (f *CaseFile) OpenIncident(stage progress.Stage, cause contract.Cause, about Incident) (*contract.Incident, error) {
	if err := f.CloseIncident(ClosedBySuperseded); err != nil {
		return nil, err
	}
	about.ID, about.CaseID, about.Stage, about.Cause, about.Kind = uuid.NewString(), f.ID, stage, cause, cause.Kind()
	about.State, about.OpenedAt, about.Holds = IncidentOpen, f.now, true
	if about.Params == nil {
		about.Params = map[string]any{}
	}
	if err := f.tx.db.Create(&about).Error; err != nil {
		return nil, fmt.Errorf("write an incident: %w", err)
	}
	f.Held = about.Kind
	owes := progress.ByOperator
	if cause.Mover() == contract.Trainee {
		owes = progress.ByTrainee
	}
	if err := f.Move(stage, progress.Stuck, &progress.Party{Kind: owes}, nil); err != nil {
		return nil, err
	}
	f.Note(stage, "incident_opened", ActorSystem, map[string]any{"cause": string(cause)})
	return &contract.Incident{ID: about.ID, Cause: cause}, nil
}

// Awaits says who is to act now, if the case is stuck on a cause.
func (f *CaseFile) Awaits(party progress.Party, cause contract.Cause) error {
	on, err := f.tx.OpenIncidentOf(f.ID)
	switch {
	case errors.Is(err, ErrNotFound) || err == nil && on.Cause != cause:
		return nil
	case err != nil:
		return err
	}
	return f.Move(on.Stage, progress.Stuck, &party, nil)
}

// CloseIncident closes the case's open incident, if there is one, and answers a resolution that came too late.
func (f *CaseFile) CloseIncident(by string) error {
	var open Incident
	err := f.tx.db.Take(&open, "case_id = ? AND holds AND state <> ?", f.ID, IncidentClosed).Error
	if err != nil {
		if err == gorm.ErrRecordNotFound { //nolint:errorlint // compared as GORM returns it
			return nil
		}
		return fmt.Errorf("look for an open incident: %w", err)
	}
	err = f.tx.db.Model(&Incident{}).Where("id = ?", open.ID).
		Updates(map[string]any{"state": IncidentClosed, "closed_at": f.now, "closed_by": by}).Error
	if err != nil {
		return fmt.Errorf("close an incident: %w", err)
	}
	f.Held = ""
	if by == ClosedByResolution {
		return nil
	}
	err = f.tx.db.Model(&Resolution{}).Where("incident_id = ? AND outcome = ?", open.ID, ResolutionPending).
		Updates(map[string]any{"outcome": ResolutionRefused, "refusal": "incident_closed"}).Error
	return found(err, "answer a late resolution")
}

// Incident reads an incident.
func (tx *Tx) Incident(id string) (Incident, error) {
	return byID[Incident](tx.db, id, "read an incident")
}

// LockIncident reads an incident and locks it.
func (tx *Tx) LockIncident(id string) (Incident, error) {
	return byID[Incident](tx.held(), id, "lock an incident")
}

// LockIncidentsOf reads the incidents of a cause that hold up a person's cases and that nobody is resolving, and locks them.
func (tx *Tx) LockIncidentsOf(personID string, cause contract.Cause) ([]Incident, error) {
	var all []Incident
	err := tx.held().Order("id").
		Find(&all, "cause = ? AND state = ? AND holds AND case_id IN (SELECT id FROM cases WHERE person_id "+family+")",
			cause, IncidentOpen, personID).Error
	return all, found(err, "lock a person's incidents")
}

// OpenIncidentOf reads the open incident that a case is stuck on; ErrNotFound when there is none.
func (tx *Tx) OpenIncidentOf(caseID string) (Incident, error) {
	var i Incident
	err := tx.db.Take(&i, "case_id = ? AND holds AND state <> ?", caseID, IncidentClosed).Error
	return i, found(err, "read a case's open incident")
}

// LastIncident reads the latest incident of some causes that a case was stuck on; ErrNotFound when there was none.
func (tx *Tx) LastIncident(caseID string, causes ...contract.Cause) (Incident, error) {
	var i Incident
	err := tx.db.Order("opened_at DESC").Take(&i, "case_id = ? AND holds AND cause IN ?", caseID, causes).Error
	return i, found(err, "read a case's latest incident")
}

// Overridden reports whether an operator let a case go on in spite of what befell a certificate.
func (tx *Tx) Overridden(cause contract.Cause, certificateID string) (bool, error) {
	var n int64
	err := tx.db.Model(&Resolution{}).Joins("JOIN incidents i ON i.id = resolutions.incident_id").
		Where("i.cause = ? AND i.certificate_id = ? AND verb = ? AND outcome = ?", cause, certificateID, contract.Override, ResolutionApplied).
		Count(&n).Error
	return n > 0, found(err, "look for an override")
}

// LetBe reports whether an operator let a case go on in spite of a cause that is an institution's.
func (tx *Tx) LetBe(caseID string, cause contract.Cause, institutionID string) (bool, error) {
	var n int64
	err := tx.db.Model(&Resolution{}).Joins("JOIN incidents i ON i.id = resolutions.incident_id").
		Where("i.case_id = ? AND i.cause = ? AND i.institution_id = ? AND verb = ? AND outcome = ?", caseID, cause, institutionID,
			contract.Override, ResolutionApplied).Count(&n).Error
	return n > 0, found(err, "look for an override")
}

// InsertResolution writes an operator's resolution of an open incident and puts it in the inbox for the case.
func (tx *Tx) InsertResolution(i Incident, r Resolution) (InboxItem, error) {
	r.Outcome = ResolutionPending
	if err := tx.db.Create(&r).Error; err != nil {
		return InboxItem{}, fmt.Errorf("write a resolution: %w", err)
	}
	err := tx.db.Model(&Incident{}).Where("id = ?", i.ID).Update("state", IncidentResolving).Error
	if err != nil {
		return InboxItem{}, fmt.Errorf("mark an incident: %w", err)
	}
	return tx.InsertInbox(i.CaseID, InboxResolution, r.ID)
}

// InsertResolutionToApprove writes an operator's resolution that a second person has yet to approve. Its incident stays open.
func (tx *Tx) InsertResolutionToApprove(r Resolution) error {
	r.Outcome = ActAwaiting
	return found(tx.db.Create(&r).Error, "write a resolution to be approved")
}

// ReleaseResolution lets go a resolution that was approved: to the case that is stuck, or at once.
func (tx *Tx) ReleaseResolution(i Incident, r Resolution) (InboxItem, error) {
	err := tx.db.Model(&Resolution{}).Where("id = ? AND outcome = ?", r.ID, ActAwaiting).Update("outcome", ResolutionPending).Error
	if err == nil {
		err = tx.db.Model(&Incident{}).Where("id = ?", i.ID).Update("state", IncidentResolving).Error
	}
	if err != nil {
		return InboxItem{}, fmt.Errorf("let go a resolution: %w", err)
	}
	return tx.InsertInbox(i.CaseID, InboxResolution, r.ID)
}

// Resolution reads a resolution.
func (tx *Tx) Resolution(id string) (Resolution, error) {
	return byID[Resolution](tx.db, id, "read a resolution")
}

// AnswerResolution writes what became of a resolution. One that was refused leaves its incident open for another.
func (tx *Tx) AnswerResolution(r Resolution, refusal string) error {
	outcome := ResolutionApplied
	if refusal != "" {
		outcome = ResolutionRefused
	}
	err := tx.db.Model(&Resolution{}).Where("id = ?", r.ID).
		Updates(map[string]any{"outcome": outcome, "refusal": refusal}).Error
	if err != nil {
		return fmt.Errorf("answer a resolution: %w", err)
	}
	if refusal == "" {
		return nil
	}
	err = tx.db.Model(&Incident{}).Where("id = ? AND state = ?", r.IncidentID, IncidentResolving).
		Update("state", IncidentOpen).Error
	return found(err, "reopen an incident")
}
