package store

import (
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Sitting is a dated appointment of an evaluation body (考试安排), which trainees book whose attempt is asked of it. Its instants are
// the programme's.
type Sitting struct {
	ID            string
	InstitutionID string
	Ref           string   // the institution's own name for it
	Occupations   []string `gorm:"serializer:json"`
	Levels        []string `gorm:"serializer:json"`
	StartsAt      time.Time
	EndsAt        time.Time
	Venue         string
	Capacity      int
	BookUntil     time.Time // to book, to change and to give up
	Notes         string    // for who books it
	MadeBy        string
	MadeAt        time.Time
	MovedAt       *time.Time
	MoveReason    string
	CancelledBy   *string
	CancelledAt   *time.Time
	CancelReason  string
}

// States of a sitting, as its times and its body make them.
const (
	SittingOpen      = "open"   // it can be booked
	SittingClosed    = "closed" // it takes place as it is booked
	SittingOver      = "over"
	SittingCancelled = "cancelled"
)

// State is how a sitting stands at an instant of the programme.
func (s Sitting) State(now time.Time) string {
	switch {
	case s.CancelledAt != nil:
		return SittingCancelled
	case !now.Before(s.EndsAt):
		return SittingOver
	case now.After(s.BookUntil):
		return SittingClosed
	}
	return SittingOpen
}

// InsertSitting writes a sitting, unless its institution has one of the same name.
func (tx *Tx) InsertSitting(s Sitting) (fresh bool, err error) {
	res := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&s)
	return res.RowsAffected == 1, found(res.Error, "write a sitting")
}

// Sitting reads a sitting.
func (tx *Tx) Sitting(id string) (Sitting, error) {
	return byID[Sitting](tx.db, id, "read a sitting")
}

// SittingByRef reads a sitting by its institution's name for it.
func (tx *Tx) SittingByRef(institution, ref string) (Sitting, error) {
	var s Sitting
	err := tx.db.Take(&s, "institution_id = ? AND ref = ?", institution, ref).Error
	return s, found(err, "read a sitting by its name")
}

// LockSitting reads a sitting and locks it. It is locked before the cases that booked it.
func (tx *Tx) LockSitting(id string) (Sitting, error) {
	return byID[Sitting](tx.held(), id, "lock a sitting")
}

// SaveSitting writes what became of a sitting that is locked. The database refuses fewer places than are booked: sitting_full.
func (tx *Tx) SaveSitting(s Sitting) error {
	err := tx.db.Model(&Sitting{}).Where("id = ?", s.ID).Select("starts_at", "ends_at", "venue", "capacity", "book_until", "notes", "moved_at",
		"move_reason", "cancelled_by", "cancelled_at", "cancel_reason").Updates(s).Error
	return found(err, "write what became of a sitting")
}

// SittingsByID reads sittings by their ids.
func (tx *Tx) SittingsByID(ids []string) (map[string]Sitting, error) {
	return ofIDs(tx.db, ids, func(s Sitting) string { return s.ID }, "read sittings")
}

// SittingFilter picks sittings; an empty field picks all.
type SittingFilter struct {
	Within

	State      string
	Now        time.Time // of the programme: what the states go by
	Occupation string
	Level      string
	Text       string
	After      *Position
	Numbered   Numbered
	Limit      int
}

var sittingOrders = map[string]string{
	"": "starts_at, id", "starts_at": "starts_at, id", "-starts_at": "starts_at DESC, id DESC",
	"book_until": "book_until, id", "-book_until": "book_until DESC, id DESC",
}

func (f SittingFilter) pick(q *gorm.DB) *gorm.DB {
	q = f.ofInstitutions(q.Model(&Sitting{}))
	switch f.State {
	case SittingCancelled:
		q = q.Where("cancelled_at IS NOT NULL")
	case SittingOver:
		q = q.Where("cancelled_at IS NULL AND ends_at <= ?", f.Now)
	case SittingClosed:
		q = q.Where("cancelled_at IS NULL AND ends_at > ? AND book_until < ?", f.Now, f.Now)
	case SittingOpen:
		q = q.Where("cancelled_at IS NULL AND book_until >= ?", f.Now)
	}
	if f.Occupation != "" {
		q = q.Where("jsonb_exists(occupations, ?)", f.Occupation)
	}
	if f.Level != "" {
		q = q.Where("jsonb_exists(levels, ?)", f.Level)
	}
	if f.Text != "" {
		where, args := withinAny([]string{"venue", "ref"}, f.Text)
		q = q.Where(where, args...)
	}
	return q
}

// Sittings reads sittings, the earliest first unless another order is asked for.
func (tx *Tx) Sittings(f SittingFilter) ([]Sitting, error) {
	q := f.Numbered.of(f.pick(tx.db), sittingOrders, f.Limit)
	if f.After != nil {
		q = q.Where("(starts_at, id) > (?, ?)", f.After.At, f.After.ID)
	}
	var all []Sitting
	return all, found(q.Find(&all).Error, "list sittings")
}

// CountSittings counts the sittings that a filter picks.
func (tx *Tx) CountSittings(f SittingFilter) (int64, error) {
	var n int64
	err := f.pick(tx.db).Count(&n).Error
	return n, found(err, "count sittings")
}

// SittingsTaken counts the places of sittings that nobody else can have.
func (tx *Tx) SittingsTaken(ids []string) (map[string]int, error) {
	var rows []struct {
		ID    string
		Taken int
	}
	if len(ids) > 0 {
		err := tx.db.Model(&SittingBooking{}).Select("sitting_id AS id, count(*) AS taken").
			Where("sitting_id IN ? AND state <> ?", ids, BookingEnded).Group("sitting_id").Scan(&rows).Error
		if err != nil {
			return nil, found(err, "count the places of sittings")
		}
	}
	taken := make(map[string]int, len(rows))
	for _, row := range rows {
		taken[row.ID] = row.Taken
	}
	return taken, nil
}
