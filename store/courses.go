package store

import (
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/ledger"
)

// Course is a course of a CE base (annexes 2 and 3 of the notice): whoever attends its hours is given the base's training
// certificate, without an exam.
type Course struct {
	ID            string
	InstitutionID string
	Ref           string // the base's own name for it
	Title         string // 培训班名称, as the certificate prints it
	// Seconds must be attended. They were set as 学时 of MinutesPerHour.
	Seconds        int
	MinutesPerHour int
	StartsOn       calendar.Date
	EndsOn         calendar.Date
	PolicyVersion  string
	OpenedBy       string
	OpenedAt       time.Time
	ClosedAt       *time.Time // when the base first declared it complete
}

// CoursePlace is one person's place in a course.
type CoursePlace struct {
	ID         string
	CourseID   string
	PersonID   string
	State      string
	Document   string // the type of document that was shown
	EnrolledBy string
	EnrolledAt time.Time
	ClosedAt   *time.Time
	ReleasedAt *time.Time // an operator lets the certificate be issued
	ReleasedBy *string
}

// States of a place in a course.
const (
	PlaceEnrolled   = "enrolled"
	PlaceCompleted  = "completed"
	PlaceIncomplete = "incomplete"
)

// InsertCourse writes a course, once for a base and its own name for it, and reports whether it is new.
func (tx *Tx) InsertCourse(c Course) (fresh bool, err error) {
	res := tx.db.Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "institution_id"}, {Name: "ref"}}, DoNothing: true,
	}).Create(&c)
	return res.RowsAffected == 1, found(res.Error, "write a course")
}

// Course reads a course.
func (tx *Tx) Course(id string) (Course, error) {
	return byID[Course](tx.db, id, "read a course")
}

// CourseByRef reads a base's course by the base's own name for it.
func (tx *Tx) CourseByRef(institutionID, ref string) (Course, error) {
	var c Course
	err := tx.db.Take(&c, "institution_id = ? AND ref = ?", institutionID, ref).Error
	return c, found(err, "look up a course")
}

// LockCourse keeps others from enrolling in a course, or completing it, until the transaction ends, and reads it.
func (tx *Tx) LockCourse(id string) (Course, error) {
	return byID[Course](tx.held(), id, "lock a course")
}

// CloseCourse notes when a course was first declared complete.
func (tx *Tx) CloseCourse(id string, at time.Time) error {
	err := tx.db.Model(&Course{}).Where("id = ? AND closed_at IS NULL", id).Update("closed_at", at).Error
	return found(err, "close a course")
}

// CourseFilter picks courses; an empty field picks all. Limit is the most that are read.
type CourseFilter struct {
	Within

	Closed *bool
	After  *Position // by opening, oldest first
	Limit  int
}

// Courses reads courses in the order in which they were opened.
func (tx *Tx) Courses(f CourseFilter) ([]Course, error) {
	q := f.ofInstitutions(tx.db.Order("opened_at, id").Limit(f.Limit))
	if f.Closed != nil {
		q = q.Where("(closed_at IS NOT NULL) = ?", *f.Closed)
	}
	if f.After != nil {
		q = q.Where("(opened_at, id) > (?, ?)", f.After.At, f.After.ID)
	}
	var courses []Course
	err := q.Find(&courses).Error
	return courses, found(err, "list courses")
}

// CoursesOfPlaces reads the courses that places are in, by place.
func (tx *Tx) CoursesOfPlaces(placeIDs []string) (map[string]Course, error) {
	var rows []struct {
		Course

		PlaceID string
	}
	if len(placeIDs) > 0 {
		err := tx.db.Model(&Course{}).Select("courses.*, p.id AS place_id").
			Joins("JOIN course_places p ON p.course_id = courses.id AND p.id IN ?", placeIDs).Scan(&rows).Error
		if err != nil {
			return nil, found(err, "read the courses of places")
		}
	}
	courses := make(map[string]Course, len(rows))
	for _, row := range rows {
		courses[row.PlaceID] = row.Course
	}
	return courses, nil
}

// InsertPlace writes a place, once for a course and a person, and reads the one that stands.
func (tx *Tx) InsertPlace(p CoursePlace) (place CoursePlace, fresh bool, err error) {
	res := tx.db.Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "course_id"}, {Name: "human"}}, DoNothing: true,
	}).Create(&p)
	if res.Error != nil {
		return p, false, fmt.Errorf("write a place in a course: %w", res.Error)
	}
	if res.RowsAffected == 1 {
		return p, true, nil
	}
	err = tx.db.Take(&place, "course_id = ? AND person_id "+family, p.CourseID, p.PersonID).Error
	return place, false, found(err, "read a place in a course")
}

// Place reads a place in a course.
func (tx *Tx) Place(id string) (CoursePlace, error) {
	return byID[CoursePlace](tx.db, id, "read a place in a course")
}

// Places reads a course's places in the order of their enrolment, after a position; all of them for a limit of -1.
func (tx *Tx) Places(courseID string, after *Position, limit int) ([]CoursePlace, error) {
	q := tx.db.Order("enrolled_at, id").Limit(limit).Where("course_id = ?", courseID)
	if after != nil {
		q = q.Where("(enrolled_at, id) > (?, ?)", after.At, after.ID)
	}
	var places []CoursePlace
	err := q.Find(&places).Error
	return places, found(err, "read a course's places")
}

// ClosePlace says how a course ended for one person.
func (tx *Tx) ClosePlace(id, state string, at time.Time) error {
	err := tx.db.Model(&CoursePlace{}).Where("id = ?", id).Updates(map[string]any{"state": state, "closed_at": at}).Error
	return found(err, "close a place in a course")
}

// ReleasePlace notes that an operator lets the certificate of a place be issued.
func (tx *Tx) ReleasePlace(id, by string, at time.Time) error {
	err := tx.db.Model(&CoursePlace{}).Where("id = ? AND released_at IS NULL", id).
		Updates(map[string]any{"released_at": at, "released_by": by}).Error
	return found(err, "release a place in a course")
}

// Attended is how long the person of a place has attended in one year, as it stands.
type Attended struct {
	PlaceID string
	Year    int
	Seconds int
	From    calendar.Date // first and last day
	To      calendar.Date
}

// AttendedAt sums what stands of places in courses, by place, the years in order. A place where nothing stands is not
// among them.
func (tx *Tx) AttendedAt(placeIDs []string) (map[string][]Attended, error) {
	var rows []Attended
	if len(placeIDs) > 0 {
		err := tx.standing().
			Select(`place_id, extract(year FROM session_date)::int AS year, sum(seconds) AS seconds,
				min(session_date) AS "from", max(session_date) AS "to"`).
			Where("place_id IN ?", placeIDs).Group("1, 2").Order("1, 2").Scan(&rows).Error
		if err != nil {
			return nil, found(err, "sum the hours of places")
		}
	}
	sums := make(map[string][]Attended, len(rows))
	for _, row := range rows {
		sums[row.PlaceID] = append(sums[row.PlaceID], row)
	}
	return sums, nil
}

// CreditedAt reads the CE hours that stand credited of places in courses, by place and the year they were taken in.
func (tx *Tx) CreditedAt(placeIDs []string) (map[string]map[int]ledger.Hours, error) {
	var rows []struct {
		PlaceID   string
		TakenYear int
		Hours     ledger.Hours
	}
	if len(placeIDs) > 0 {
		err := tx.db.Table("ce_claims c").Select("e.place_id, c.taken_year, sum(e.hours) AS hours").
			Joins("JOIN ce_entries e ON e.id = c.entry_id").Where("e.place_id IN ?", placeIDs).
			Group("1, 2").Scan(&rows).Error
		if err != nil {
			return nil, found(err, "sum the credits of places")
		}
	}
	sums := make(map[string]map[int]ledger.Hours, len(rows))
	for _, row := range rows {
		if sums[row.PlaceID] == nil {
			sums[row.PlaceID] = map[int]ledger.Hours{}
		}
		sums[row.PlaceID][row.TakenYear] = row.Hours
	}
	return sums, nil
}
