package store

import (
	"time"

	"github.com/google/uuid"
)

// ClassPlace is a place in a class that is kept for a registration: for a draft until a moment, for a case until its training
// body has decided on it.
type ClassPlace struct {
	ID        string
	ClassID   string
	AccountID string
	DraftID   *string
	CaseID    *string
	Offer     int // the revision of what the class offers that was agreed to
	HeldAt    time.Time
	HeldUntil *time.Time // nil: as long as its case waits
	State     string     `gorm:"default:held"`
	EndedAt   *time.Time
	EndedHow  *string
}

// States of a place, and how it ends.
const (
	PlaceHeld     = "held"
	PlaceJoined   = "joined" // its case is in the class
	PlaceReleased = "released"

	PlaceGivenUp     = "given_up"
	PlaceExpired     = "expired"
	PlaceReassigned  = "reassigned" // the case was given to another training body, or joined another class
	PlaceMoved       = "moved"      // its trainee changed to another class
	PlaceClassClosed = "class_closed"
)

// lives picks places that are kept and whose time is not over.
const lives = "state = 'held' AND (held_until IS NULL OR held_until > ?)"

// HoldPlace keeps a place. What the schema refuses has a name: class_closed, class_full, class_other_target.
func (tx *Tx) HoldPlace(p ClassPlace) (ClassPlace, error) {
	p.ID, p.State = uuid.NewString(), PlaceHeld
	return p, found(tx.db.Create(&p).Error, "keep a place in a class")
}

// PlaceOfDraft reads the place that is kept for a draft; ErrNotFound when none is, or its time is over.
func (tx *Tx) PlaceOfDraft(draftID string, now time.Time) (ClassPlace, error) {
	var p ClassPlace
	err := tx.db.Take(&p, "draft_id = ? AND "+lives, draftID, now).Error
	return p, found(err, "read a draft's place")
}

// PlacesOfDrafts reads the places that are kept for drafts, by draft, of those whose time is not over.
func (tx *Tx) PlacesOfDrafts(draftIDs []string, now time.Time) (map[string]ClassPlace, error) {
	var rows []ClassPlace
	if len(draftIDs) > 0 {
		if err := tx.db.Find(&rows, "draft_id IN ? AND "+lives, draftIDs, now).Error; err != nil {
			return nil, found(err, "read the places of drafts")
		}
	}
	return keyed(rows, func(r ClassPlace) string { return *r.DraftID }), nil
}

// PlaceOfCase reads the place that is kept for a case; ErrNotFound when none is.
func (tx *Tx) PlaceOfCase(caseID string) (ClassPlace, error) {
	var p ClassPlace
	err := tx.db.Take(&p, "case_id = ? AND state = 'held'", caseID).Error
	return p, found(err, "read a case's place")
}

// PlacesOfAccount counts the places that are kept for an account's drafts.
func (tx *Tx) PlacesOfAccount(accountID string, now time.Time) (int64, error) {
	var n int64
	err := tx.db.Model(&ClassPlace{}).Where("account_id = ? AND case_id IS NULL AND "+lives, accountID, now).Count(&n).Error
	return n, found(err, "count an account's places")
}

// GivePlace gives the place of a draft to the case that it became.
func (tx *Tx) GivePlace(id, caseID string) error {
	err := tx.db.Model(&ClassPlace{}).Where("id = ?", id).Updates(map[string]any{"case_id": caseID, "draft_id": nil, "held_until": nil}).Error
	return found(err, "give a place to a case")
}

// Moves counts how often the trainee of a case changed to another class.
func (tx *Tx) Moves(caseID string) (int64, error) {
	var n int64
	err := tx.db.Raw(`SELECT (SELECT count(*) FROM class_members WHERE case_id = ? AND left_how = ?)
		+ (SELECT count(*) FROM class_places WHERE case_id = ? AND ended_how = ?)`, caseID, LeftMoved, caseID, PlaceMoved).Scan(&n).Error
	return n, found(err, "count a trainee's changes of class")
}

// EndPlace ends a place that is kept: its case joined the class, or it is released.
func (tx *Tx) EndPlace(id, how string, at time.Time) error {
	return tx.endPlaces("id = ?", id, how, at)
}

// ReleaseDraftPlace releases what is kept for a draft, whether its time is over or not.
func (tx *Tx) ReleaseDraftPlace(draftID, how string, at time.Time) error {
	return tx.endPlaces("draft_id = ?", draftID, how, at)
}

// ReleaseCasePlace releases what is kept for a case.
func (tx *Tx) ReleaseCasePlace(caseID, how string, at time.Time) error {
	return tx.endPlaces("case_id = ?", caseID, how, at)
}

// ReleaseClassPlaces releases what is kept in a class.
func (tx *Tx) ReleaseClassPlaces(classID, how string, at time.Time) error {
	return tx.endPlaces("class_id = ?", classID, how, at)
}

func (tx *Tx) endPlaces(where string, arg any, how string, at time.Time) error {
	state := PlaceReleased
	if how == PlaceJoined {
		state = PlaceJoined
	}
	err := tx.db.Model(&ClassPlace{}).Where(where+" AND state = 'held'", arg).
		Updates(map[string]any{"state": state, "ended_how": how, "ended_at": at}).Error
	return found(err, "end a place in a class")
}
