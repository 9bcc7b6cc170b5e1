package store

import (
	"time"

	"gorm.io/gorm"
)

// What readers ask of sessions and attendance.

// SessionFilter picks sessions; an empty field picks all. Limit is the most that are read.
type SessionFilter struct {
	Within

	ClassID  string
	State    string // one of a session's, or SessionUnreported
	Now      time.Time
	Attendee string // on the roster
	From, To *time.Time
	After    *Position // by opening, the latest first
	Numbered Numbered
	Limit    int
}

// States of a session, at an instant of the programme.
const (
	SessionUpcoming = "upcoming"
	SessionOpen     = "open"
	SessionOver     = "over"
	SessionVoid     = "void"
	// SessionUnreported is one in a room that is over, and of somebody on the roster nothing was reported.
	SessionUnreported = "unreported"
)

// State is how a session stands at an instant of the programme.
func (s Session) State(now time.Time) string {
	switch {
	case s.VoidedAt != nil:
		return SessionVoid
	case now.Before(s.OpensAt):
		return SessionUpcoming
	case now.Before(s.ClosesAt):
		return SessionOpen
	}
	return SessionOver
}

// sessionOrders are the orders that sessions can be asked for in.
var sessionOrders = map[string]string{"": "opens_at DESC, id DESC", "opens_at": "opens_at, id", "-opens_at": "opens_at DESC, id DESC"}

func (f SessionFilter) pick(q *gorm.DB) *gorm.DB {
	q = f.ofInstitutions(q)
	if f.ClassID != "" {
		q = q.Where("class_id = ?", f.ClassID)
	}
	switch f.State {
	case SessionVoid:
		q = q.Where("voided_at IS NOT NULL")
	case SessionUpcoming:
		q = q.Where("voided_at IS NULL AND opens_at > ?", f.Now)
	case SessionOpen:
		q = q.Where("voided_at IS NULL AND opens_at <= ? AND closes_at > ?", f.Now, f.Now)
	case SessionOver:
		q = q.Where("voided_at IS NULL AND closes_at <= ?", f.Now)
	case SessionUnreported:
		q = q.Where(`voided_at IS NULL AND closes_at <= ? AND mode = 'offline' AND EXISTS (SELECT 1 FROM session_roster l
			WHERE l.session_id = sessions.id AND NOT EXISTS (SELECT 1 FROM attendance a
				WHERE a.session_id = l.session_id AND a.person_id = l.person_id))`, f.Now)
	}
	if f.Attendee != "" {
		q = q.Where("EXISTS (SELECT 1 FROM session_roster l WHERE l.session_id = sessions.id AND (l.case_id = ? OR l.place_id = ?))",
			f.Attendee, f.Attendee)
	}
	if f.From != nil {
		q = q.Where("closes_at > ?", *f.From)
	}
	if f.To != nil {
		q = q.Where("opens_at < ?", *f.To)
	}
	return q
}

// Sessions reads sessions, the latest first unless another order is asked for.
func (tx *Tx) Sessions(f SessionFilter) ([]Session, error) {
	q := f.Numbered.of(f.pick(tx.db), sessionOrders, f.Limit)
	if f.After != nil {
		q = q.Where("(opens_at, id) < (?, ?)", f.After.At, f.After.ID)
	}
	var sessions []Session
	err := q.Find(&sessions).Error
	return sessions, found(err, "list sessions")
}

// CountSessions counts the sessions that a filter picks.
func (tx *Tx) CountSessions(f SessionFilter) (int64, error) {
	var n int64
	err := f.pick(tx.db.Model(&Session{})).Count(&n).Error
	return n, found(err, "count sessions")
}

// SessionsByID reads sessions by their ids.
func (tx *Tx) SessionsByID(ids []string) (map[string]Session, error) {
	return ofIDs(tx.db, ids, func(r Session) string { return r.ID }, "read sessions")
}

// CorrectionFilter picks corrections; an empty field picks all. Limit is the most that are read.
type CorrectionFilter struct {
	Within

	ID    string
	State string
	After *Position // by receipt, oldest first
	Limit int
}

// CorrectionLine is a correction, with what held before it and where.
type CorrectionLine struct {
	Attendance

	Before   Attendance `gorm:"-"`
	Attendee string     // id of the case, or of the place in a course
}

// Corrections reads corrections in the order in which they were received.
func (tx *Tx) Corrections(f CorrectionFilter) ([]CorrectionLine, error) {
	q := f.ofInstitutions(tx.db.Model(&Attendance{}).Select("attendance.*, coalesce(l.case_id, l.place_id) AS attendee").
		Joins("JOIN session_roster l USING (session_id, person_id)").
		Where("corrects IS NOT NULL").Order("received_at, attendance.id").Limit(f.Limit))
	for column, value := range map[string]string{"attendance.id": f.ID, "state": f.State} {
		if value != "" {
			q = q.Where(column+" = ?", value)
		}
	}
	if f.After != nil {
		q = q.Where("(received_at, attendance.id) > (?, ?)", f.After.At, f.After.ID)
	}
	var lines []CorrectionLine
	if err := q.Scan(&lines).Error; err != nil {
		return nil, found(err, "list corrections")
	}
	for i, line := range lines {
		chain, err := tx.AttendanceAt(line.SessionID, line.PersonID)
		if err != nil {
			return nil, err
		}
		for _, a := range chain {
			if a.ID == line.ID {
				break
			}
			if a.State == AttendanceCounted {
				lines[i].Before = a
			}
		}
	}
	return lines, nil
}

// SecondsBySession sums what stands credited to each person of a session.
func (tx *Tx) SecondsBySession(sessionID string) (map[string]int, error) {
	var rows []struct {
		PersonID string
		Seconds  int
	}
	err := tx.standing().Select("hour_entries.person_id, sum(seconds) AS seconds").Where("session_id = ?", sessionID).
		Group("hour_entries.person_id").Scan(&rows).Error
	sums := make(map[string]int, len(rows))
	for _, row := range rows {
		sums[row.PersonID] = row.Seconds
	}
	return sums, found(err, "sum a session's hours")
}
