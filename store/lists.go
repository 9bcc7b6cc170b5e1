package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/listing"
	"github.com/dengpan/dengpan/policy"
)

// ListSnapshot is a published list as it was imported. What it says never changes; once it is applied or discarded,
// nothing about it does.
type ListSnapshot struct {
	ID          string
	Document    string
	ListYear    int
	PublishedOn *calendar.Date
	ValidFrom   calendar.Date
	ValidTo     *calendar.Date
	Content     listing.Snapshot `gorm:"serializer:json"`
	Digest      []byte
	Decisions   []listing.Decision `gorm:"serializer:json"`
	State       string
	Outcome     json.RawMessage `gorm:"type:jsonb"` // of an applied one
	ImportedBy  string
	ImportedAt  time.Time
	SettledBy   *string
	SettledAt   *time.Time
	Reason      *string
}

// States of a list snapshot.
const (
	ListDraft     = "draft"
	ListApplied   = "applied"
	ListDiscarded = "discarded"
)

// InstitutionName is a name of an institution, and for how long.
type InstitutionName struct {
	ID            int64 `gorm:"->"`
	InstitutionID string
	Name          string
	Kind          string
	ValidFrom     calendar.Date
	ValidTo       *calendar.Date
}

// Kinds of names.
const (
	LegalName = "legal"
	AliasName = "alias"
)

// NewListSnapshot is a list that is to be looked at, as it was imported.
func NewListSnapshot(list listing.Snapshot, by string, at time.Time) (ListSnapshot, error) {
	digest, err := list.Digest()
	return ListSnapshot{
		ID: uuid.NewString(), Document: list.Document, ListYear: list.ListYear, PublishedOn: dated(list.PublishedOn),
		ValidFrom: list.ValidFrom, ValidTo: dated(list.ValidTo), Content: list, Digest: digest, Decisions: []listing.Decision{},
		State: ListDraft, ImportedBy: by, ImportedAt: at,
	}, err
}

// dated is a date that may be none.
func dated(d calendar.Date) *calendar.Date {
	if d.IsZero() {
		return nil
	}
	return &d
}

// LockLists keeps others from changing the lists, and from suspending institutions, until the transaction ends.
func (tx *Tx) LockLists() error {
	err := tx.db.Exec("SELECT pg_advisory_xact_lock(1818850163)").Error
	return found(err, "lock the lists")
}

// InsertListSnapshot writes a list snapshot.
func (tx *Tx) InsertListSnapshot(s ListSnapshot) error {
	return found(tx.db.Create(&s).Error, "write a list snapshot")
}

// ListSnapshot reads a list snapshot.
func (tx *Tx) ListSnapshot(id string) (ListSnapshot, error) {
	return byID[ListSnapshot](tx.db, id, "read a list snapshot")
}

// LockListSnapshot reads a list snapshot and locks it.
func (tx *Tx) LockListSnapshot(id string) (ListSnapshot, error) {
	return byID[ListSnapshot](tx.db.Clauses(clause.Locking{Strength: "UPDATE"}), id, "lock a list snapshot")
}

// ListSnapshotOf reads the snapshot that says what a digest stands for, unless it was discarded; ErrNotFound when there is
// none.
func (tx *Tx) ListSnapshotOf(digest []byte) (ListSnapshot, error) {
	var s ListSnapshot
	err := tx.db.Take(&s, "digest = ? AND state <> ?", digest, ListDiscarded).Error
	return s, found(err, "look up a list snapshot")
}

// ListSnapshots reads the list snapshots, the newest first.
func (tx *Tx) ListSnapshots() ([]ListSnapshot, error) {
	var all []ListSnapshot
	err := tx.db.Order("imported_at DESC, id").Find(&all).Error
	return all, found(err, "read the list snapshots")
}

// LastApplied reads the applied list that holds from the latest day; ErrNotFound when none was applied.
func (tx *Tx) LastApplied() (ListSnapshot, error) {
	var s ListSnapshot
	err := tx.db.Order("valid_from DESC").Take(&s, "state = ?", ListApplied).Error
	return s, found(err, "read the list in force")
}

// SaveListDecisions writes whose names the unknown ones of a draft are.
func (tx *Tx) SaveListDecisions(id string, decisions []listing.Decision) error {
	err := tx.db.Model(&ListSnapshot{}).Where("id = ? AND state = ?", id, ListDraft).
		Select("decisions").Updates(ListSnapshot{Decisions: decisions}).Error
	return found(err, "write decisions on names")
}

// SettleListSnapshot marks a draft as applied or discarded.
func (tx *Tx) SettleListSnapshot(s ListSnapshot) error {
	err := tx.db.Model(&ListSnapshot{}).Where("id = ? AND state = ?", s.ID, ListDraft).
		Select("state", "outcome", "settled_by", "settled_at", "reason").Updates(s).Error
	return found(err, "settle a list snapshot")
}

// LoadLists writes the published lists that the program comes with, once: they are the first snapshot. What was applied
// since stands, whatever the program comes with.
func (s *Store) LoadLists(ctx context.Context, lists policy.Lists) error {
	return s.Tx(ctx, func(tx *Tx) error {
		if err := tx.LockLists(); err != nil {
			return err
		}
		if _, err := tx.LastApplied(); !errors.Is(err, ErrNotFound) {
			return err
		}
		list := listing.Of(lists)
		if err := tx.loadInstitutions(list); err != nil {
			return err
		}
		if err := tx.loadBases(list); err != nil {
			return err
		}
		now := tx.db.NowFunc()
		snapshot, err := NewListSnapshot(list, ActorSystem, now)
		if err != nil {
			return err
		}
		by, reason := ActorSystem, "the list that the program comes with"
		snapshot.State, snapshot.SettledBy, snapshot.SettledAt, snapshot.Reason = ListApplied, &by, &now, &reason
		snapshot.Outcome = json.RawMessage("{}")
		return tx.InsertListSnapshot(snapshot)
	})
}

// loadInstitutions writes the institutions of the first list and their roles, but for what is there already.
func (tx *Tx) loadInstitutions(list listing.Snapshot) error {
	db := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Session(&gorm.Session{})
	var institutions []Institution
	var names []InstitutionName
	for _, name := range list.Names() {
		institutions = append(institutions, Institution{ID: list.IDs[name], Name: name, Status: InstitutionActive})
		names = append(names, InstitutionName{InstitutionID: list.IDs[name], Name: name, Kind: LegalName, ValidFrom: list.ValidFrom})
	}
	listings := make([]listing.Listing, len(list.Bodies))
	for i, b := range list.Bodies {
		listings[i] = listing.Listing{InstitutionID: list.IDs[b.Name], Occupation: b.Occupation, Role: b.Role}
	}
	roles := rolesOf(list, listings)
	for _, rows := range []any{&institutions, &names, &roles} {
		if err := db.Create(rows).Error; err != nil {
			return fmt.Errorf("write the institutions of a list: %w", err)
		}
	}
	return nil
}

// loadBases writes the bases of the first list. One that is there already becomes an institution, and whether it may issue
// is what the list says.
func (tx *Tx) loadBases(list listing.Snapshot) error {
	for i := range list.Bases {
		list.Bases[i].InstitutionID = list.IDs[list.Bases[i].Name]
	}
	var there int64
	if err := tx.db.Model(&CEBase{}).Count(&there).Error; err != nil {
		return fmt.Errorf("count CE bases: %w", err)
	}
	for _, b := range basesOf(list, list.Bases) {
		if there == 0 {
			break
		}
		err := tx.db.Model(&CEBase{}).Where("name = ?", b.Name).Select("institution_id", "may_issue").Updates(b).Error
		if err != nil {
			return fmt.Errorf("write CE base %s: %w", b.Name, err)
		}
	}
	rows := basesOf(list, list.Bases)
	err := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&rows).Error
	return found(err, "write the CE bases of a list")
}

// rolesOf are listings as rows, with the list that they stand on.
func rolesOf(list listing.Snapshot, listings []listing.Listing) []InstitutionRole {
	rows := make([]InstitutionRole, len(listings))
	for i, l := range listings {
		rows[i] = InstitutionRole{
			InstitutionID: l.InstitutionID, Occupation: l.Occupation, Role: l.Role, Level: l.Level,
			ListYear: list.ListYear, SourceDocument: list.Document, ValidFrom: list.ValidFrom, ValidTo: dated(list.ValidTo),
		}
	}
	return rows
}

func basesOf(list listing.Snapshot, bases []listing.Base) []CEBase {
	rows := make([]CEBase, len(bases))
	for i, b := range bases {
		id := b.InstitutionID
		rows[i] = CEBase{
			Name: b.Name, Number: b.Number, National: b.National, Municipal: b.Municipal, Note: b.Note, ListYear: list.ListYear,
			InstitutionID: &id, MayIssue: b.MayIssue, ValidFrom: list.ValidFrom, ValidTo: dated(list.ValidTo),
		}
	}
	return rows
}
