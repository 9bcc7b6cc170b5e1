package store

import (
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm/clause"
)

// DeletionRequest is a person's request to be forgotten, with its answer.
type DeletionRequest struct {
	ID          string
	PersonID    string
	Reason      string
	RequestedBy string
	RequestedAt time.Time
	State       string `gorm:"default:pending"`
	DecidedBy   *string
	DecidedAt   *time.Time
	Decision    string
	Items       json.RawMessage `gorm:"type:jsonb;default:'[]'"`
}

// States of a deletion request.
const (
	DeletionPending = "pending"
	DeletionGranted = "granted"
	DeletionRefused = "refused"
)

// InsertDeletionRequest writes a request. A second one that is open at once violates deletion_requests_one_pending.
func (tx *Tx) InsertDeletionRequest(r DeletionRequest) error {
	err := tx.db.Create(&r).Error
	return found(err, "write a deletion request")
}

// LockDeletionRequest reads a request, and holds it until the transaction ends.
func (tx *Tx) LockDeletionRequest(id string) (DeletionRequest, error) {
	return byID[DeletionRequest](tx.db.Clauses(clause.Locking{Strength: "UPDATE"}), id, "read a deletion request")
}

// DecideDeletionRequest writes the answer to a request.
func (tx *Tx) DecideDeletionRequest(r DeletionRequest) error {
	err := tx.db.Model(&DeletionRequest{}).Where("id = ? AND state = ?", r.ID, DeletionPending).Updates(map[string]any{
		"state": r.State, "decided_by": r.DecidedBy, "decided_at": r.DecidedAt, "decision": r.Decision, "items": r.Items,
	}).Error
	return found(err, "answer a deletion request")
}

// DeletionRequests lists requests, oldest first, after a position; an empty state lists all, an empty person everybody's.
func (tx *Tx) DeletionRequests(personID, state string, after *Position, limit int) ([]DeletionRequest, error) {
	q := tx.db.Order("requested_at, id").Limit(limit)
	if personID != "" {
		q = q.Where("person_id "+family, personID)
	}
	if state != "" {
		q = q.Where("state = ?", state)
	}
	if after != nil {
		q = q.Where("(requested_at, id) > (?, ?)", after.At, after.ID)
	}
	var all []DeletionRequest
	err := q.Find(&all).Error
	return all, found(err, "list deletion requests")
}

// Holding is what the record keeps of a person, as far as an erasure depends on it.
type Holding struct {
	Open              bool // a case or a place in a course that is not over
	Certificates      int64
	GradeCertificates int64
	CEEntries         int64
}

// HoldPerson keeps everybody from beginning anything with a person until the transaction ends, and says what is kept of
// them. Whoever was at it has finished then.
func (tx *Tx) HoldPerson(id string) (Holding, error) {
	if _, err := tx.HoldRecords(id); err != nil {
		return Holding{}, err
	}
	return tx.Holding(id)
}

// Holding says what is kept of a person.
func (tx *Tx) Holding(id string) (Holding, error) {
	var h Holding
	err := tx.db.Raw(`SELECT
		EXISTS (SELECT 1 FROM cases WHERE person_id IN (SELECT * FROM records_of(@id)) AND ended_at IS NULL)
			OR EXISTS (SELECT 1 FROM course_places WHERE person_id IN (SELECT * FROM records_of(@id)) AND state = 'enrolled') AS open,
		count(*) AS certificates, count(*) FILTER (WHERE c.kind = 'grade') AS grade_certificates,
		(SELECT count(*) FROM ce_entries WHERE person_id IN (SELECT * FROM records_of(@id))) AS ce_entries
		FROM certificates c LEFT JOIN cases k ON k.id = c.case_id LEFT JOIN course_places p ON p.id = c.place_id
		WHERE coalesce(k.person_id, p.person_id) IN (SELECT * FROM records_of(@id))`, map[string]any{"id": id}).Scan(&h).Error
	return h, found(err, "ask what is kept of a person")
}

// EraseContacts erases how a person can be reached, and that they are found by it.
func (tx *Tx) EraseContacts(personID string) error {
	if err := tx.db.Delete(&Contacts{}, "person_id "+family, personID).Error; err != nil {
		return fmt.Errorf("erase a person's contacts: %w", err)
	}
	err := tx.db.Delete(&PersonIndex{}, "person_id "+family+" AND kind IN ?", personID, contactKinds).Error
	return found(err, "erase a person's indexes")
}

// EraseLogIns closes the accounts that a person uses, and erases what they logged in with and were answered.
func (tx *Tx) EraseLogIns(personID string, at time.Time) error {
	var accounts []Account
	if err := tx.db.Find(&accounts, "person_id "+family, personID).Error; err != nil {
		return found(err, "read a person's accounts")
	}
	for _, account := range accounts {
		if err := tx.eraseLogIn(account, at); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) eraseLogIn(account Account, at time.Time) error {
	if account.State == AccountActive {
		if err := tx.CloseAccount(account.ID, at); err != nil {
			return err
		}
	}
	if err := tx.RemoveDrafts(account.ID, at); err != nil {
		return err
	}
	for _, table := range []string{"credentials", "second_factors", "recovery_codes", "login_identities", "web_sessions", "idempotency_keys"} {
		if err := tx.db.Exec("DELETE FROM "+table+" WHERE account_id = ?", account.ID).Error; err != nil {
			return fmt.Errorf("erase a log-in: %w", err)
		}
	}
	return nil
}

// EraseFacts erases what a person told of themselves for their cases. What was decided on it stays.
func (tx *Tx) EraseFacts(personID string) error {
	err := tx.db.Exec("UPDATE cases SET applicant = '{}' WHERE person_id "+family, personID).Error
	if err == nil {
		err = tx.db.Exec(`UPDATE acts SET params = params - 'applicant' WHERE params -> 'applicant' IS NOT NULL
			AND case_id IN (SELECT id FROM cases WHERE person_id `+family+`)`, personID).Error
	}
	return found(err, "erase the facts of a person's cases")
}

// EraseIdentity puts sealed nothing in the place of a person's name and number, and erases that they are found by it.
func (tx *Tx) EraseIdentity(personID string, nameSealed, numberSealed []byte, at time.Time) error {
	err := tx.db.Model(&Person{}).Where("id = ?", personID).
		Updates(map[string]any{"name_sealed": nameSealed, "id_number_sealed": numberSealed, "erased_at": at}).Error
	if err == nil {
		err = tx.db.Delete(&PersonIndex{}, "person_id = ?", personID).Error
	}
	return found(err, "erase a person's name and number")
}

// CasesOfPerson lists the ids of a person's cases.
func (tx *Tx) CasesOfPerson(personID string) ([]string, error) {
	var ids []string
	err := tx.db.Model(&Case{}).Where("person_id "+family, personID).Order("registered_at, id").Pluck("id", &ids).Error
	return ids, found(err, "list a person's cases")
}
