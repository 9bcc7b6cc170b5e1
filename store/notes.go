package store

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"
)

// CaseNote is what an operator noted about a case. It stays as it was written.
type CaseNote struct {
	ID         string
	CaseID     string
	Author     string
	WrittenAt  time.Time
	Text       string
	ShownTo    *string // an institution that may read it; nil: operators only
	EvidenceID *string // the file that belongs to it
}

// NoteStrike says that a note was struck out by who wrote it.
type NoteStrike struct {
	NoteID   string `gorm:"primaryKey"`
	StruckBy string
	StruckAt time.Time
	Reason   string
}

// TableName is the table of strikes.
func (NoteStrike) TableName() string { return "case_note_strikes" }

// Mention asks for an operator's attention to a note.
type Mention struct {
	ID        string
	NoteID    string
	AccountID string
	ReadAt    *time.Time // nil: not seen yet
}

// TableName is the table of mentions.
func (Mention) TableName() string { return "case_mentions" }

// ReadNote is a note with what became of it and whom it mentions.
type ReadNote struct {
	CaseNote

	Strike   *NoteStrike `gorm:"-"`
	Mentions []Mention   `gorm:"-"`
}

// InsertNote writes a note and asks for the attention of those it mentions.
func (tx *Tx) InsertNote(n CaseNote, mentioned []string) error {
	if err := tx.db.Create(&n).Error; err != nil {
		return fmt.Errorf("write a note: %w", err)
	}
	for _, account := range mentioned {
		m := Mention{ID: uuid.NewString(), NoteID: n.ID, AccountID: account}
		if err := tx.db.Create(&m).Error; err != nil {
			return fmt.Errorf("write a mention: %w", err)
		}
	}
	return nil
}

// Note reads a note with what became of it.
func (tx *Tx) Note(id string) (ReadNote, error) {
	n, err := byID[CaseNote](tx.db, id, "read a note")
	if err != nil {
		return ReadNote{}, err
	}
	all, err := tx.complete(n)
	if err != nil {
		return ReadNote{}, err
	}
	return all[0], nil
}

// NoteFilter picks notes of a case, the latest first. ShownTo bounds them to those that an institution may read.
type NoteFilter struct {
	CaseID  string
	ShownTo string
	Before  *Position
	Limit   int
}

// Notes reads notes of a case, the latest first.
func (tx *Tx) Notes(f NoteFilter) ([]ReadNote, error) {
	q := tx.db.Where("case_id = ?", f.CaseID).Order("written_at DESC, id").Limit(f.Limit)
	if f.ShownTo != "" {
		q = q.Where("shown_to = ?", f.ShownTo)
	}
	if f.Before != nil {
		q = q.Where("written_at < ? OR written_at = ? AND id > ?", f.Before.At, f.Before.At, f.Before.ID)
	}
	var notes []CaseNote
	if err := q.Find(&notes).Error; err != nil {
		return nil, found(err, "read a case's notes")
	}
	return tx.complete(notes...)
}

// complete adds to notes what became of them, and whom they mention.
func (tx *Tx) complete(notes ...CaseNote) ([]ReadNote, error) {
	ids, at := make([]string, len(notes)), make(map[string]int, len(notes))
	all := make([]ReadNote, len(notes))
	for i, n := range notes {
		ids[i], at[n.ID], all[i] = n.ID, i, ReadNote{CaseNote: n}
	}
	if len(ids) == 0 {
		return all, nil
	}
	var strikes []NoteStrike
	if err := tx.db.Find(&strikes, "note_id IN ?", ids).Error; err != nil {
		return nil, fmt.Errorf("read what was struck out: %w", err)
	}
	for _, s := range strikes {
		all[at[s.NoteID]].Strike = &s
	}
	var mentions []Mention
	if err := tx.db.Order("id").Find(&mentions, "note_id IN ?", ids).Error; err != nil {
		return nil, fmt.Errorf("read mentions: %w", err)
	}
	for _, m := range mentions {
		n := &all[at[m.NoteID]]
		n.Mentions = append(n.Mentions, m)
	}
	return all, nil
}

// StrikeNote strikes a note out, once, and reports whether it stood until then.
func (tx *Tx) StrikeNote(s NoteStrike) (bool, error) {
	res := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&s)
	return res.RowsAffected == 1, found(res.Error, "strike a note out")
}

// NoteOfFile reports whether a file belongs to a note already.
func (tx *Tx) NoteOfFile(evidenceID string) (bool, error) {
	var n int64
	err := tx.db.Model(&CaseNote{}).Where("evidence_id = ?", evidenceID).Count(&n).Error
	return n > 0, found(err, "look for the note of a file")
}

// MentionFilter picks the mentions of an account, the latest first.
type MentionFilter struct {
	AccountID string
	Unread    bool
	Before    *Position
	Limit     int
}

// Mentioned is a mention with the note that it is in.
type Mentioned struct {
	Mention

	CaseID    string
	Author    string
	WrittenAt time.Time
	Text      string
	Struck    bool
}

// Mentions reads the mentions of an account with their notes, the latest first.
func (tx *Tx) Mentions(f MentionFilter) ([]Mentioned, error) {
	q := tx.db.Table("case_mentions m").Joins("JOIN case_notes n ON n.id = m.note_id").Where("m.account_id = ?", f.AccountID).
		Select("m.*, n.case_id, n.author, n.written_at, n.text, EXISTS (SELECT FROM case_note_strikes s WHERE s.note_id = n.id) AS struck").
		Order("n.written_at DESC, m.id").Limit(f.Limit)
	if f.Unread {
		q = q.Where("m.read_at IS NULL")
	}
	if f.Before != nil {
		q = q.Where("n.written_at < ? OR n.written_at = ? AND m.id > ?", f.Before.At, f.Before.At, f.Before.ID)
	}
	var all []Mentioned
	err := q.Scan(&all).Error
	return all, found(err, "list mentions")
}

// CountUnread counts the mentions that an account has not seen yet.
func (tx *Tx) CountUnread(accountID string) (int64, error) {
	var n int64
	err := tx.db.Model(&Mention{}).Where("account_id = ? AND read_at IS NULL", accountID).Count(&n).Error
	return n, found(err, "count unread mentions")
}

// ReadMention notes that a mention was seen, and reports whether it was new.
func (tx *Tx) ReadMention(id string, at time.Time) (bool, error) {
	res := tx.db.Model(&Mention{}).Where("id = ? AND read_at IS NULL", id).Update("read_at", at)
	return res.RowsAffected == 1, found(res.Error, "note that a mention was seen")
}
