package store

import (
	"slices"
	"time"

	"gorm.io/gorm/clause"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/ledger"
)

// CEEntry is hours credited to a person for a calendar year (四（二）), never changed, only reversed.
type CEEntry struct {
	ID       int64 `gorm:"primaryKey;autoIncrement"`
	PersonID string
	CaseID   *string
	PlaceID  *string
	Year     int
	Subject  string
	Hours    ledger.Hours
	Reverses *int64
	// TakenYear is the year in which the hours were taken, when it was closed and they were credited to another.
	TakenYear *int
	// Replaces is the reversed entry in whose place this one stands.
	Replaces   *int64
	Reason     string
	RecordedAt time.Time
	// Taken is when and where the hours were taken, as it was when they were credited.
	Taken Taken `gorm:"serializer:json"`
}

// Taken is when and where hours were taken.
type Taken struct {
	From         calendar.Date `json:"from,omitzero"` // first and last day
	To           calendar.Date `json:"to,omitzero"`
	Institutions []string      `json:"institutions,omitempty"` // in the order of their ids
}

// TableName is the table of CE entries.
func (CEEntry) TableName() string { return "ce_entries" }

// SubjectProfessional is the professional subject (专业课) that the programme's hours count as.
const SubjectProfessional = "professional"

// StandingCE reads the credits of a case, or of a place in a course, that stand.
func (tx *Tx) StandingCE(earnedIn string) ([]CEEntry, error) {
	var all []CEEntry
	err := tx.db.Joins("JOIN ce_claims c ON c.entry_id = ce_entries.id").Order("year, ce_entries.id").
		Find(&all, "c.earned_in = ?", earnedIn).Error
	return all, found(err, "read the CE hours that stand")
}

// InsertCE credits hours, or reverses a credit.
func (tx *Tx) InsertCE(e *CEEntry) error {
	return found(tx.db.Create(e).Error, "write CE hours")
}

// TakenIn reads when and where the hours that stand of a case, or of a place in a course, were taken in a year.
func (tx *Tx) TakenIn(caseID, placeID *string, year int) (Taken, error) {
	q := tx.standing().Select("session_date, hour_entries.institution_id").Order("session_date").
		Where("extract(year FROM session_date) = ?", year)
	if caseID != nil {
		q = q.Where("case_id = ?", *caseID)
	} else {
		q = q.Where("place_id = ?", placeID)
	}
	var rows []HourEntry
	if err := q.Find(&rows).Error; err != nil || len(rows) == 0 {
		return Taken{}, found(err, "read when hours were taken")
	}
	taken := Taken{From: rows[0].SessionDate, To: rows[len(rows)-1].SessionDate}
	for _, row := range rows {
		taken.Institutions = append(taken.Institutions, row.InstitutionID)
	}
	slices.Sort(taken.Institutions)
	taken.Institutions = slices.Compact(taken.Institutions)
	return taken, nil
}

// CEYearClosed reports whether a year takes no more credits. It stays as it is until the transaction ends.
func (tx *Tx) CEYearClosed(year int) (bool, error) {
	if err := tx.db.Exec("SELECT share_ce_year(?)", year).Error; err != nil {
		return false, found(err, "lock a CE year")
	}
	y, err := tx.CEYearOf(year)
	return y.ClosedAt != nil, err
}

// CELock is whether a calendar year takes CE credits.
type CELock struct {
	Year     int `gorm:"primaryKey;autoIncrement:false"`
	ClosedAt *time.Time
	ClosedBy *string
}

// TableName is the table of years that are or were closed.
func (CELock) TableName() string { return "ce_years" }

// CEYearOf reads whether a year is closed. One that nobody ever closed is open.
func (tx *Tx) CEYearOf(year int) (CELock, error) {
	var rows []CELock
	err := tx.db.Find(&rows, "year = ?", year).Error
	if len(rows) == 0 {
		return CELock{Year: year}, found(err, "read a CE year")
	}
	return rows[0], nil
}

// HoldCEYear waits until no credit to a year is under way, keeps new ones waiting until the transaction ends, and reads
// whether the year is closed.
func (tx *Tx) HoldCEYear(year int) (CELock, error) {
	if err := tx.db.Exec("SELECT hold_ce_year(?)", year).Error; err != nil {
		return CELock{}, found(err, "hold a CE year")
	}
	return tx.CEYearOf(year)
}

// SetCEYear closes a year, or opens it again with a nil instant. The caller holds the year.
func (tx *Tx) SetCEYear(lock CELock) error {
	err := tx.db.Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "year"}}, DoUpdates: clause.AssignmentColumns([]string{"closed_at", "closed_by"}),
	}).Create(&lock).Error
	return found(err, "write a CE year")
}

// CEYearSum is a calendar year with what is credited to it.
type CEYearSum struct {
	CELock

	Persons int
	Hours   ledger.Hours
}

// ceYears is every year that has credits or was ever closed.
const ceYears = `
	SELECT year, closed_at, closed_by, coalesce(persons, 0) AS persons, coalesce(hours, 0) AS hours
	FROM (SELECT c.year, count(DISTINCT p.human) AS persons, sum(e.hours) AS hours
	      FROM ce_claims c JOIN ce_entries e ON e.id = c.entry_id JOIN persons p ON p.id = e.person_id GROUP BY c.year) s
	FULL JOIN ce_years USING (year)`

// CEYears reads the years that have credits or were ever closed, the latest first.
func (tx *Tx) CEYears() ([]CEYearSum, error) {
	var years []CEYearSum
	err := tx.db.Raw(ceYears + " ORDER BY year DESC").Scan(&years).Error
	return years, found(err, "list the CE years")
}

// CEYearSum reads what is credited to a year.
func (tx *Tx) CEYearSum(year int) (CEYearSum, error) {
	sum := CEYearSum{CELock: CELock{Year: year}}
	err := tx.db.Raw(ceYears+" WHERE year = ?", year).Scan(&sum).Error
	return sum, found(err, "read a CE year")
}

// CELedger reads all that was credited to a person and taken back, in the order in which it was written.
func (tx *Tx) CELedger(personID string) ([]CEEntry, error) {
	var all []CEEntry
	err := tx.db.Order("id").Find(&all, "person_id "+family, personID).Error
	return all, found(err, "read a person's CE ledger")
}

// CEEntriesOf reads all that was credited of a case, or of a place in a course, and taken back, by year.
func (tx *Tx) CEEntriesOf(caseID, placeID *string) ([]CEEntry, error) {
	q := tx.db.Order("year, id")
	if caseID != nil {
		q = q.Where("case_id = ?", *caseID)
	} else {
		q = q.Where("place_id = ?", placeID)
	}
	var all []CEEntry
	return all, found(q.Find(&all).Error, "read CE hours")
}

// CEEntries reads the hours credited to a person, by year.
func (tx *Tx) CEEntries(personID string) ([]CEEntry, error) {
	var all []CEEntry
	err := tx.db.Order("year, id").Find(&all, "person_id "+family, personID).Error
	return all, found(err, "read a person's CE hours")
}

// CEWaiting is hours that were taken in a year of which somebody's credit waits: of a case that is stuck because the year is
// closed, or of a place in a course that has ended.
type CEWaiting struct {
	Year     int
	PlaceID  *string
	CaseID   *string
	Seconds  int64
	Credited ledger.Hours
}

// CEWaits reads what may wait for closed years. Which of it comes to more than is credited, the rule of credits says.
func (tx *Tx) CEWaits() ([]CEWaiting, error) {
	var all []CEWaiting
	err := tx.db.Raw(`
		WITH wait AS (
			SELECT (params->>'year')::int AS year, case_id, NULL::uuid AS place_id FROM incidents
			WHERE state IN ('open', 'resolving') AND cause = 'ce_year_closed'
			UNION
			SELECT y.year, NULL, p.id FROM ce_years y JOIN course_places p ON p.state <> 'enrolled'
			WHERE y.closed_at IS NOT NULL
			  AND EXISTS (SELECT 1 FROM hour_entries h WHERE h.place_id = p.id AND extract(year FROM h.session_date) = y.year))
		SELECT w.year, w.case_id, w.place_id, coalesce(t.seconds, 0) AS seconds, coalesce(c.hours, 0) AS credited
		FROM wait w
		CROSS JOIN LATERAL (SELECT sum(h.seconds) AS seconds FROM hour_entries h JOIN hour_claims k ON k.entry_id = h.id
			WHERE (h.case_id = w.case_id OR h.place_id = w.place_id) AND extract(year FROM h.session_date) = w.year) t
		CROSS JOIN LATERAL (SELECT sum(e.hours) AS hours FROM ce_claims k JOIN ce_entries e ON e.id = k.entry_id
			WHERE k.earned_in = coalesce(w.case_id, w.place_id) AND k.taken_year = w.year) c`).Scan(&all).Error
	return all, found(err, "read the hours that wait for closed CE years")
}
