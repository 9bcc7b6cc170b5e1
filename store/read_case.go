package store

import (
	"fmt"
	"time"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/ledger"
)

// What readers ask of cases. These reads come from the record alone, so they answer while Temporal is away.

// Position is a place in a list that is ordered by time: after the row of this time and id.
type Position struct {
	At time.Time
	ID string
}

// CaseCount is how many cases are at one place.
type CaseCount struct {
	Occupation string
	Level      string
	Stage      string
	Status     string
	Count      int
}

// OpenCasesKeeping counts the open cases that keep a version of the rules, by where they stand.
func (tx *Tx) OpenCasesKeeping(version string) ([]CaseCount, error) {
	var counts []CaseCount
	err := tx.db.Model(&Case{}).Select("occupation, level, stage, status, count(*) AS count").
		Where("policy_version = ? AND outcome IS NULL", version).
		Group("occupation, level, stage, status").Order("occupation, level, stage, status").Scan(&counts).Error
	return counts, found(err, "count the cases of a version")
}

// Events reads a case's timeline after a line, in order.
func (tx *Tx) Events(caseID string, after, limit int) ([]CaseEvent, error) {
	var events []CaseEvent
	err := tx.db.Order("seq").Limit(limit).Find(&events, "case_id = ? AND seq > ?", caseID, after).Error
	return events, found(err, "read a case's timeline")
}

// CEYear is the CE hours that stand for one case or place in a course, year and subject.
type CEYear struct {
	CaseID  *string
	PlaceID *string
	Year    int
	Subject string
	Hours   ledger.Hours
}

// CEHoursOfCase sums the CE hours credited from a case, by year and subject.
func (tx *Tx) CEHoursOfCase(caseID string) ([]CEYear, error) {
	return tx.ceHours("case_id = ?", caseID)
}

// CEHoursOfPerson sums the CE hours credited to a person, by year, subject and case or place; of one year, or of all for 0.
func (tx *Tx) CEHoursOfPerson(personID string, year int) ([]CEYear, error) {
	if year == 0 {
		return tx.ceHours("person_id "+family, personID)
	}
	return tx.ceHours("person_id "+family+" AND year = ?", personID, year)
}

// CEHoursOfPlaces sums the CE hours credited from places in courses, by year and subject.
func (tx *Tx) CEHoursOfPlaces(placeIDs []string) ([]CEYear, error) {
	if len(placeIDs) == 0 {
		return nil, nil
	}
	return tx.ceHours("place_id IN ?", placeIDs)
}

func (tx *Tx) ceHours(where string, args ...any) ([]CEYear, error) {
	var years []CEYear
	// A credit that was reversed sums to nothing, and is nothing to show.
	err := tx.db.Model(&CEEntry{}).Select("case_id, place_id, year, subject, sum(hours) AS hours").Where(where, args...).
		Group("case_id, place_id, year, subject").Having("sum(hours) <> 0").
		Order("year, subject, case_id, place_id").Scan(&years).Error
	return years, found(err, "sum CE hours")
}

// CertificatesOfPerson reads the certificates of all of a person's cases and courses, oldest first.
func (tx *Tx) CertificatesOfPerson(personID string) ([]Certificate, error) {
	var all []Certificate
	err := tx.db.Joins("LEFT JOIN cases c ON c.id = case_id").Joins("LEFT JOIN course_places p ON p.id = place_id").
		Order("recorded_at").Find(&all, "coalesce(c.person_id, p.person_id) "+family, personID).Error
	return all, found(err, "read a person's certificates")
}

// InboxItemOf reads the item that tells a case of a subject; ErrNotFound when there is none.
func (tx *Tx) InboxItemOf(kind, subjectID string) (InboxItem, error) {
	var item InboxItem
	err := tx.db.Order("created_at DESC").Take(&item, "kind = ? AND subject_id = ?", kind, subjectID).Error
	return item, found(err, "look up an inbox item")
}

// Withdrawal reads the request to end a case; ErrNotFound when nobody made one.
func (tx *Tx) Withdrawal(caseID string) (Withdrawal, error) {
	var w Withdrawal
	err := tx.db.Take(&w, "case_id = ?", caseID).Error
	return w, found(err, "read a withdrawal")
}

// LockCase keeps everybody else from writing to a case until the transaction ends, and reads it.
func (tx *Tx) LockCase(id string) (Case, error) {
	f, err := tx.OpenCase(id)
	if err != nil {
		return Case{}, err
	}
	return f.Case, nil
}

// ListedInstitution is an institution on the published list in one role for one occupation.
type ListedInstitution struct {
	InstitutionID string
	Name          string
	Occupation    string
	Role          string
	Level         string // empty: all levels
	ListYear      int
	Notices       int // that were published of its inspections
}

// ListedInstitutions reads the published list as it holds on a day; an empty occupation or role reads all.
func (tx *Tx) ListedInstitutions(occupation, role string, on calendar.Date) ([]ListedInstitution, error) {
	q := tx.db.Model(&InstitutionRole{}).Select(`institution_roles.institution_id, coalesce(n.name, i.name) AS name, occupation, role, level, list_year,
			(SELECT count(*) FROM inspections s WHERE s.institution_id = i.id AND s.published_at IS NOT NULL) AS notices`).
		Joins("JOIN institutions i ON i.id = institution_roles.institution_id AND i.status = 'active'").
		Joins(`LEFT JOIN institution_names n ON n.institution_id = i.id AND n.kind = 'legal'
			AND n.valid_from <= ? AND (n.valid_to IS NULL OR n.valid_to > ?)`, on, on).
		Where("institution_roles.valid_from <= ? AND (institution_roles.valid_to IS NULL OR institution_roles.valid_to > ?)", on, on).
		Order("occupation, role DESC, institution_roles.id")
	if occupation != "" {
		q = q.Where("occupation = ?", occupation)
	}
	if role != "" {
		q = q.Where("role = ?", role)
	}
	var listed []ListedInstitution
	err := q.Scan(&listed).Error
	return listed, found(err, "read the published list")
}

// CEBases reads the published continuing-education bases as they hold on a day, in the order of their numbers.
func (tx *Tx) CEBases(on calendar.Date) ([]CEBase, error) {
	var bases []CEBase
	err := tx.db.Order("number NULLS LAST, name").
		Find(&bases, "valid_from <= ? AND (valid_to IS NULL OR valid_to > ?)", on, on).Error
	return bases, found(err, "read the CE bases")
}

// InstitutionNames reads the names of institutions by their ids.
func (tx *Tx) InstitutionNames(ids []string) (map[string]string, error) {
	names := make(map[string]string, len(ids))
	if len(ids) == 0 {
		return names, nil
	}
	var rows []Institution
	if err := tx.db.Select("id", "name").Find(&rows, "id IN ?", ids).Error; err != nil {
		return nil, fmt.Errorf("read institutions' names: %w", err)
	}
	for _, row := range rows {
		names[row.ID] = row.Name
	}
	return names, nil
}
