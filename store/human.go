package store

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/dengpan/dengpan/calendar"
)

// Somebody may have been registered twice, by two numbers. Once two operators have merged the records (see [Merge]), whatever
// asks for what is a person's finds what stands for any of their records.

// family is a condition of a column: one of the records of whom a record is of.
const family = "IN (SELECT * FROM records_of(?))"

// ofHuman is a condition of a column that names the record that stands for a person: that of whom a record is of.
const ofHuman = "= (SELECT human FROM persons WHERE id = ?)"

// ownFirst picks what a record has of which a person needs one, or else what another record of theirs has.
func ownFirst(q *gorm.DB, personID string) *gorm.DB {
	return q.Where("person_id "+family, personID).Order(clause.OrderBy{
		Expression: clause.Expr{SQL: "person_id = ? DESC", Vars: []any{personID}},
	})
}

// RecordsOf reads all the records of whom these records are of.
func (tx *Tx) RecordsOf(ids ...string) ([]Person, error) {
	var records []Person
	if len(ids) == 0 {
		return records, nil
	}
	err := tx.db.Order("id").Find(&records, "human IN (SELECT human FROM persons WHERE id IN ?)", ids).Error
	return records, found(err, "read a person's records")
}

// HoldRecords reads all the records of whom these records are of, and keeps everybody from beginning anything with them until
// the transaction ends. Whoever was at it has finished then.
func (tx *Tx) HoldRecords(ids ...string) ([]Person, error) {
	var held []Person
	err := tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).Order("id").
		Find(&held, "human IN (SELECT human FROM persons WHERE id IN ?)", ids).Error
	if err == nil && len(held) == 0 {
		err = gorm.ErrRecordNotFound
	}
	return held, found(err, "hold a person")
}

// SetMergedInto writes which record stands for whom a record is of; nil: itself. The database refuses what two operators have
// not decided, and what only one record of a person may have.
func (tx *Tx) SetMergedInto(personID string, into *string) error {
	res := tx.db.Exec("UPDATE persons SET merged_into = ? WHERE id = ?", into, personID)
	if res.Error == nil && res.RowsAffected != 1 {
		res.Error = gorm.ErrRecordNotFound
	}
	return found(res.Error, "write whose a record is")
}

// ReopenAccount opens an account again that was closed.
func (tx *Tx) ReopenAccount(id string) error {
	err := tx.db.Model(&Account{}).Where("id = ?", id).Updates(map[string]any{"state": AccountActive, "closed_at": nil}).Error
	return found(err, "open an account again")
}

// Belongings is what stands in the name of a record and of those that were merged into it.
type Belongings struct {
	Records      []Person
	Cases        []Case
	Places       []CoursePlace
	Certificates []Certificate
	CE           []CEYear
	Account      *Account // that is active
}

// BelongingsOf reads what stands in the name of whom a record is of.
func (tx *Tx) BelongingsOf(personID string) (b Belongings, err error) {
	if b.Records, err = tx.RecordsOf(personID); err != nil {
		return b, err
	}
	if err := tx.db.Order("registered_at, id").Find(&b.Cases, "person_id "+family, personID).Error; err != nil {
		return b, found(err, "read a person's cases")
	}
	if err := tx.db.Order("enrolled_at, id").Find(&b.Places, "person_id "+family, personID).Error; err != nil {
		return b, found(err, "read a person's places in courses")
	}
	if b.Certificates, err = tx.CertificatesOfPerson(personID); err != nil {
		return b, err
	}
	if b.CE, err = tx.CEHoursOfPerson(personID, 0); err != nil {
		return b, err
	}
	var accounts []Account
	err = tx.db.Find(&accounts, "state = ? AND person_id "+family, AccountActive, personID).Error
	if len(accounts) > 0 {
		b.Account = &accounts[0]
	}
	return b, found(err, "read a person's account")
}

// Twice is what two records both have and one person may have once, by the ids of both.
type Twice struct{ Kept, Merged string }

// SameTargets finds cases of two people for the same occupation, direction and level of which only one may stand.
func (tx *Tx) SameTargets(kept, merged string) ([]Twice, error) {
	const stands = "(%[1]s.outcome IS NULL OR %[1]s.outcome IN ('trained', 'certified', 'mapped'))"
	var twice []Twice
	err := tx.db.Raw(`SELECT a.id AS kept, b.id AS merged FROM cases a JOIN cases b USING (occupation, direction, level)
		WHERE a.human = ? AND b.human = ? AND `+fmt.Sprintf(stands, "a")+" AND "+fmt.Sprintf(stands, "b")+" ORDER BY 1, 2", kept, merged).
		Scan(&twice).Error
	return twice, found(err, "look for cases of the same target")
}

// SameCourses finds places that two people have in the same course.
func (tx *Tx) SameCourses(kept, merged string) ([]Twice, error) {
	var twice []Twice
	err := tx.db.Raw(`SELECT a.id AS kept, b.id AS merged FROM course_places a JOIN course_places b USING (course_id)
		WHERE a.human = ? AND b.human = ? ORDER BY 1, 2`, kept, merged).Scan(&twice).Error
	return twice, found(err, "look for places in the same course")
}

// SameHours finds entries of the ledger that stand for two people and have time in common: nobody is in two places at once.
func (tx *Tx) SameHours(kept, merged string) (pairs [][2]HourEntry, err error) {
	var rows []struct{ Kept, Merged int64 }
	err = tx.db.Raw(`SELECT a.entry_id AS kept, b.entry_id AS merged FROM hour_claims a JOIN hour_claims b ON a.during && b.during
		WHERE a.person_id = ? AND b.person_id = ? ORDER BY 1, 2`, kept, merged).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, found(err, "look for hours at the same time")
	}
	ids := make([]int64, 0, 2*len(rows))
	for _, row := range rows {
		ids = append(ids, row.Kept, row.Merged)
	}
	var entries []HourEntry
	if err := tx.db.Find(&entries, "id IN ?", ids).Error; err != nil {
		return nil, found(err, "read hours at the same time")
	}
	byID := make(map[int64]HourEntry, len(entries))
	for _, entry := range entries {
		byID[entry.ID] = entry
	}
	for _, row := range rows {
		pairs = append(pairs, [2]HourEntry{byID[row.Kept], byID[row.Merged]})
	}
	return pairs, nil
}

// DayTotal is how much stands credited for a date.
type DayTotal struct {
	SessionDate calendar.Date
	Seconds     int
}

// DaysOver finds the dates on which two people together have more hours than one may have.
func (tx *Tx) DaysOver(kept, merged string, most time.Duration) ([]DayTotal, error) {
	var days []DayTotal
	err := tx.standing().Select("session_date, sum(seconds) AS seconds").Where("c.person_id IN ?", []string{kept, merged}).
		Group("session_date").Having("sum(seconds) > ? AND count(DISTINCT c.person_id) = 2", int(most/time.Second)).
		Order("session_date").Scan(&days).Error
	return days, found(err, "look for days that are full")
}
