package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm/clause"
)

// Draft is a registration that is not sent yet. What is in it is sealed.
type Draft struct {
	ID             string
	AccountID      string
	Version        int
	Step           string
	ContentsSealed []byte
	PhotoSealed    []byte // nil: none was sent
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// TableName is the table of drafts.
func (Draft) TableName() string { return "registration_drafts" }

// DraftKept is how long a draft is kept that nobody touches.
const DraftKept = 90 * 24 * time.Hour

// InsertDraft writes a draft.
func (tx *Tx) InsertDraft(d Draft) error {
	return found(tx.db.Create(&d).Error, "write a draft")
}

// Drafts reads an account's drafts, the one that was changed last first.
func (tx *Tx) Drafts(accountID string) ([]Draft, error) {
	var all []Draft
	err := tx.db.Order("updated_at DESC, id").Find(&all, "account_id = ?", accountID).Error
	return all, found(err, "list drafts")
}

// Draft reads a draft.
func (tx *Tx) Draft(id string) (Draft, error) {
	return byID[Draft](tx.db, id, "read a draft")
}

// LockDraft reads a draft, and holds it until the transaction ends.
func (tx *Tx) LockDraft(id string) (Draft, error) {
	return byID[Draft](tx.db.Clauses(clause.Locking{Strength: "UPDATE"}), id, "lock a draft")
}

// ChangeDraft writes what is in a draft that is locked.
func (tx *Tx) ChangeDraft(d Draft) error {
	err := tx.db.Model(&d).Select("version", "step", "contents_sealed", "updated_at").Updates(&d).Error
	return found(err, "change a draft")
}

// SetDraftPhoto keeps a photo with a draft.
func (tx *Tx) SetDraftPhoto(id string, sealed []byte, at time.Time) error {
	err := tx.db.Model(&Draft{}).Where("id = ?", id).Updates(map[string]any{"photo_sealed": sealed, "updated_at": at}).Error
	return found(err, "keep a draft's photo")
}

// RemoveDraft removes a draft; a place that is kept for it is given up.
func (tx *Tx) RemoveDraft(id string, at time.Time) error {
	if err := tx.endPlaces("draft_id = ?", id, PlaceGivenUp, at); err != nil {
		return err
	}
	return found(tx.db.Delete(&Draft{}, "id = ?", id).Error, "remove a draft")
}

// RemoveDrafts removes the drafts of an account, with the places that are kept for them.
func (tx *Tx) RemoveDrafts(accountID string, at time.Time) error {
	if err := tx.endPlaces("case_id IS NULL AND account_id = ?", accountID, PlaceGivenUp, at); err != nil {
		return err
	}
	return found(tx.db.Delete(&Draft{}, "account_id = ?", accountID).Error, "remove an account's drafts")
}

// ForgetDrafts releases places whose time is over, removes drafts that nobody touched for long, and says how many of these.
func (s *Store) ForgetDrafts(ctx context.Context, now time.Time) (removed int64, err error) {
	err = s.Tx(ctx, func(tx *Tx) error {
		if err := tx.endPlaces("held_until <= ?", now, PlaceExpired, now); err != nil {
			return err
		}
		const old = "SELECT id FROM registration_drafts WHERE updated_at <= ?"
		if err := tx.endPlaces("draft_id IN ("+old+")", now.Add(-DraftKept), PlaceGivenUp, now); err != nil {
			return err
		}
		res := tx.db.Where("updated_at <= ?", now.Add(-DraftKept)).Delete(&Draft{})
		removed = res.RowsAffected
		return found(res.Error, "forget drafts")
	})
	if err != nil {
		return 0, fmt.Errorf("forget drafts: %w", err)
	}
	return removed, nil
}
