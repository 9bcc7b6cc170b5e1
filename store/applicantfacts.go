package store

import (
	"time"

	"github.com/dengpan/dengpan/policy"
)

// CaseFacts is what an applicant, or an operator for them, gave anew: a degree, a title, years of work. What was decided
// before stays as it was decided.
type CaseFacts struct {
	ID        string
	CaseID    string
	Applicant policy.Applicant `gorm:"serializer:json"`
	Reason    string
	GivenBy   string
	GivenAt   time.Time
	// Actor is how the timeline names who gave them.
	Actor string `gorm:"-"`
}

// TableName is the table of facts given anew.
func (CaseFacts) TableName() string { return "case_facts" }

// InsertCaseFacts writes facts and puts them in the inbox for the case.
func (tx *Tx) InsertCaseFacts(f CaseFacts) (InboxItem, error) {
	if err := tx.db.Create(&f).Error; err != nil {
		return InboxItem{}, found(err, "write facts")
	}
	return tx.InsertInbox(f.CaseID, InboxFacts, f.ID)
}

// CaseFacts reads facts that were given anew.
func (tx *Tx) CaseFacts(id string) (CaseFacts, error) {
	f, err := byID[CaseFacts](tx.db, id, "read facts")
	if err != nil {
		return f, err
	}
	giver, err := tx.Account(f.GivenBy)
	f.Actor = giver.Role
	return f, err
}

// LastCaseFacts reads the facts that were given last; nil when none were given since the case was registered.
func (tx *Tx) LastCaseFacts(caseID string) (*CaseFacts, error) {
	var all []CaseFacts
	err := tx.db.Order("given_at DESC").Limit(1).Find(&all, "case_id = ?", caseID).Error
	if err != nil || len(all) == 0 {
		return nil, found(err, "read the facts given last")
	}
	return &all[0], nil
}

// LastDecision reads the latest decision of a kind about a case; ErrNotFound when there was none.
func (tx *Tx) LastDecision(caseID, kind string) (Decision, error) {
	var d Decision
	err := tx.db.Order("decided_at DESC").Take(&d, "case_id = ? AND kind = ?", caseID, kind).Error
	return d, found(err, "read a case's latest decision")
}

// CountDecisions counts how often something was decided about a case.
func (tx *Tx) CountDecisions(caseID, kind string) (int, error) {
	var n int64
	err := tx.db.Model(&Decision{}).Where("case_id = ? AND kind = ?", caseID, kind).Count(&n).Error
	return int(n), found(err, "count decisions")
}
