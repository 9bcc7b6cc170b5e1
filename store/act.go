package store

import (
	"fmt"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
)

// Act is what an operator does to a case itself. What an operator decides about an incident is a [Resolution].
type Act struct {
	ID          string
	CaseID      string
	Verb        contract.Verb
	Params      ActParams `gorm:"serializer:json"`
	Reason      string
	Seen        int // the last line of the case's timeline when it was asked for
	RequestedBy string
	RequestedAt time.Time
	State       string
	Refusal     string
	AnsweredAt  *time.Time
	ApprovalID  *string // what the second person decides on
}

// ActParams is what a verb needs: an institution, days, a stage, a day, facts, or marks and the evidence they rest on.
type ActParams struct {
	Institution string            `json:"institution,omitempty"`
	Days        int               `json:"days,omitempty"`
	Stage       progress.Stage    `json:"stage,omitempty"`
	Until       *calendar.Date    `json:"until,omitempty"`
	Applicant   *policy.Applicant `json:"applicant,omitempty"`
	Evidence    string            `json:"evidence,omitempty"`
	Marks       []NewMark         `json:"marks,omitempty"`
	// Own is what the trainee gave as the reason, by its code, for what they do to their own case; empty for an operator's act.
	Own string `json:"own,omitempty"`
}

// NewMark is a mark in the place of the last one of a part.
type NewMark struct {
	Part  string  `json:"part"`
	Score float64 `json:"score"`
}

// States of an act, and outcomes of a resolution.
const (
	ActAwaiting  = "awaiting_approval"
	ActPending   = ResolutionPending // on its way to the case
	ActApplied   = ResolutionApplied
	ActRefused   = ResolutionRefused // by the case
	ActRejected  = "rejected"        // by the second person
	ActWithdrawn = "withdrawn"       // by who asked
	ActOvertaken = "overtaken"       // the case changed before the second person decided
)

// InsertAct writes an act. One that needs nobody else is put in the inbox for the case.
func (tx *Tx) InsertAct(a Act) (InboxItem, error) {
	a.State = ActPending
	if a.ApprovalID != nil {
		a.State = ActAwaiting
	}
	if err := tx.db.Create(&a).Error; err != nil {
		return InboxItem{}, fmt.Errorf("write an act: %w", err)
	}
	if a.ApprovalID != nil {
		return InboxItem{}, nil
	}
	return tx.InsertInbox(a.CaseID, InboxAct, a.ID)
}

// Act reads an act.
func (tx *Tx) Act(id string) (Act, error) {
	return byID[Act](tx.db, id, "read an act")
}

// ActsOf reads what was done to a case, the latest first.
func (tx *Tx) ActsOf(caseID string) ([]Act, error) {
	var all []Act
	err := tx.db.Order("requested_at DESC, id DESC").Find(&all, "case_id = ?", caseID).Error
	return all, found(err, "read a case's acts")
}

// ResolutionsOf reads what was decided about the incidents that a case was stuck on, the latest first, with the incidents.
func (tx *Tx) ResolutionsOf(caseID string) ([]Resolution, map[string]Incident, error) {
	var incidents []Incident
	if err := tx.db.Find(&incidents, "case_id = ? AND holds", caseID).Error; err != nil {
		return nil, nil, found(err, "read a case's incidents")
	}
	byID, ids := make(map[string]Incident, len(incidents)), make([]string, len(incidents))
	for i, incident := range incidents {
		byID[incident.ID], ids[i] = incident, incident.ID
	}
	var all []Resolution
	err := tx.db.Order("requested_at DESC, id DESC").Find(&all, "incident_id IN ?", ids).Error
	return all, byID, found(err, "read a case's resolutions")
}

// LastPause reads the act by which a case that is paused was paused.
func (tx *Tx) LastPause(caseID string) (Act, error) {
	var a Act
	err := tx.db.Order("answered_at DESC").Take(&a, "case_id = ? AND verb = ? AND state = ?", caseID, contract.Hold, ActApplied).Error
	return a, found(err, "read what paused a case")
}

// OwnPauses counts how often a trainee has paused their case.
func (tx *Tx) OwnPauses(caseID string) (int64, error) {
	var n int64
	err := tx.db.Model(&Act{}).Where("case_id = ? AND verb = ? AND state = ? AND params ->> 'own' <> ''", caseID, contract.Hold, ActApplied).
		Count(&n).Error
	return n, found(err, "count a trainee's pauses")
}

// ActOnItsWay reports whether an act is on its way to a case.
func (tx *Tx) ActOnItsWay(caseID string) (bool, error) {
	var n int64
	err := tx.db.Model(&Act{}).Where("case_id = ? AND state = ?", caseID, ActPending).Count(&n).Error
	return n > 0, found(err, "look for an act on its way")
}

// AnswerAct writes what became of an act that was on its way.
func (tx *Tx) AnswerAct(id, refusal string, at time.Time) error {
	state := ActApplied
	if refusal != "" {
		state = ActRefused
	}
	err := tx.db.Model(&Act{}).Where("id = ? AND state = ?", id, ActPending).
		Updates(map[string]any{"state": state, "refusal": refusal, "answered_at": at}).Error
	return found(err, "answer an act")
}

// RefuseActs answers the acts that are on their way to a case which takes none any more.
func (tx *Tx) RefuseActs(caseID, refusal string, at time.Time) error {
	err := tx.db.Model(&Act{}).Where("case_id = ? AND state = ?", caseID, ActPending).
		Updates(map[string]any{"state": ActRefused, "refusal": refusal, "answered_at": at}).Error
	return found(err, "refuse a case's acts")
}

// markReplacement is a mark in the place of one that was reported: by an act, or by the answer to a petition.
type markReplacement struct {
	ActID      *string
	PetitionID *string
	TaskID     string
	CaseID     string
	Score      float64
	At         time.Time
}

// ReplaceMark puts a mark in the place of one that was reported. What was reported stays.
func (tx *Tx) ReplaceMark(actID string, of Assessment, score float64, at time.Time) error {
	err := tx.db.Create(&markReplacement{ActID: &actID, TaskID: of.TaskID, CaseID: of.CaseID, Score: score, At: at}).Error
	return found(err, "replace a mark")
}
