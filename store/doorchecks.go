package store

import (
	"time"

	"github.com/dengpan/dengpan/progress"
)

// DoorCheck is that somebody's identity could not be made out at the door of a sitting: they were turned away, or sat provisionally
// until it is decided whether it was they.
type DoorCheck struct {
	ID            string
	BookingID     string
	CaseID        string
	InstitutionID string
	Attempt       int
	Outcome       string
	Ground        string
	Note          string
	RecordedBy    string
	RecordedAt    time.Time
	DueAt         *time.Time // of the decision
	DecidedBy     *string    // somebody else
	DecidedAt     *time.Time
	Accepted      *bool // it was the trainee
	Reason        string
	EscalatedAt   *time.Time
	HeldWas       progress.State // what the evaluation was that the case holds; empty when it holds none
	ChangedAt     time.Time
	Woken         bool // its workflow knows of the last change
}

// What comes of a check.
const (
	TurnedAway  = "turned_away"
	Provisional = "provisional"
)

const doubted = "outcome = 'provisional' AND decided_at IS NULL"

// InsertDoorCheck writes what came of a check. The database refuses a second of a case that is not decided.
func (tx *Tx) InsertDoorCheck(c DoorCheck) error {
	return found(tx.db.Create(&c).Error, "write a check at a door")
}

// DoorCheck reads a check.
func (tx *Tx) DoorCheck(id string) (DoorCheck, error) {
	return byID[DoorCheck](tx.db, id, "read a check at a door")
}

// LockDoorCheck reads a check and locks it. Its case is locked before it.
func (tx *Tx) LockDoorCheck(id string) (DoorCheck, error) {
	return byID[DoorCheck](tx.held(), id, "lock a check at a door")
}

// SaveDoorCheck writes what became of a check that is locked.
func (tx *Tx) SaveDoorCheck(c DoorCheck) error {
	err := tx.db.Model(&DoorCheck{}).Where("id = ?", c.ID).
		Select("decided_by", "decided_at", "accepted", "reason", "escalated_at", "changed_at", "woken").Updates(c).Error
	return found(err, "write what became of a check at a door")
}

// DoorChecksOf reads the checks of bookings, in the order in which they were made.
func (tx *Tx) DoorChecksOf(bookingIDs []string) ([]DoorCheck, error) {
	var all []DoorCheck
	if len(bookingIDs) == 0 {
		return all, nil
	}
	err := tx.db.Order("recorded_at, id").Find(&all, "booking_id IN ?", bookingIDs).Error
	return all, found(err, "read the checks of bookings")
}

// DoorChecksOfCase reads the checks of a case, in the order in which they were made.
func (tx *Tx) DoorChecksOfCase(caseID string) ([]DoorCheck, error) {
	var all []DoorCheck
	err := tx.db.Order("recorded_at, id").Find(&all, "case_id = ?", caseID).Error
	return all, found(err, "read the checks of a case")
}

// UndecidedDoorCheck reads the check that holds a case; ErrNotFound when there is none.
func (tx *Tx) UndecidedDoorCheck(caseID string) (DoorCheck, error) {
	var c DoorCheck
	err := tx.db.Take(&c, "case_id = ? AND "+doubted, caseID).Error
	return c, found(err, "look for a check that is not decided")
}

// EvaluationHeld is what a case's evaluation was before it was held, for whatever it is held; empty when it is not.
func (tx *Tx) EvaluationHeld(caseID string) (progress.State, error) {
	var was []progress.State
	err := tx.db.Raw(`SELECT held_was FROM misconduct_cases WHERE case_id = @case AND held_was <> ''
		UNION SELECT held_was FROM door_checks WHERE case_id = @case AND held_was <> ''`, map[string]any{"case": caseID}).Scan(&was).Error
	if err != nil || len(was) == 0 {
		return "", found(err, "read what is held of a case")
	}
	return was[0], nil
}

// HoldForDoorCheck writes what a case's evaluation was when it came to be held.
func (tx *Tx) HoldForDoorCheck(caseID string, was progress.State) error {
	err := tx.db.Model(&DoorCheck{}).Where("case_id = ? AND held_was = '' AND "+doubted, caseID).Update("held_was", was).Error
	return found(err, "write what is held for a check at a door")
}

// ReleaseFromDoorChecks reads what a case was held for and no longer is, the last decided last, and writes that it is not.
func (tx *Tx) ReleaseFromDoorChecks(caseID string) ([]DoorCheck, error) {
	var all []DoorCheck
	const held = "case_id = ? AND held_was <> '' AND decided_at IS NOT NULL"
	err := tx.db.Order("decided_at, id").Find(&all, held, caseID).Error
	if err == nil && len(all) > 0 {
		err = tx.db.Model(&DoorCheck{}).Where(held, caseID).Update("held_was", "").Error
	}
	return all, found(err, "release a case from checks at a door")
}

// RefusedAttempts are the attempts of a case at which it was not the trainee who sat.
func (tx *Tx) RefusedAttempts(caseID string) ([]int, error) {
	var attempts []int
	err := tx.db.Model(&DoorCheck{}).Where("case_id = ? AND NOT accepted", caseID).Pluck("attempt", &attempts).Error
	return attempts, found(err, "read which attempts do not count")
}

// UnwokenDoorChecks reads checks whose workflow does not know of their last change.
func (tx *Tx) UnwokenDoorChecks(limit int) ([]DoorCheck, error) {
	var all []DoorCheck
	err := tx.db.Order("changed_at").Limit(limit).Find(&all, "NOT woken").Error
	return all, found(err, "look for checks at doors to wake")
}

// MarkDoorCheckWoken notes that a workflow knows of a check as it was read.
func (tx *Tx) MarkDoorCheckWoken(c DoorCheck) error {
	err := tx.db.Model(&DoorCheck{}).Where("id = ? AND changed_at = ?", c.ID, c.ChangedAt).Update("woken", true).Error
	return found(err, "mark a check at a door")
}
