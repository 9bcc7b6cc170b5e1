package institution

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Every institution played has one person who teaches and one who takes attendance.
const (
	teacher = "T001"
	taker   = "R001"
)

var staff = []staffMember{{Ref: teacher, Name: "林授课"}, {Ref: taker, Name: "何考勤"}}

type staffMember struct {
	Ref  string `json:"ref"`
	Name string `json:"name"`
}

type attendanceReport struct {
	Sessions []sessionRow `json:"sessions"`
	SignIns  []signInRow  `json:"sign_ins"`
}

type sessionRow struct {
	Ref        string    `json:"ref"`
	Module     string    `json:"module"`
	Mode       string    `json:"mode"`
	Place      string    `json:"place"`
	Instructor string    `json:"instructor"`
	OpensAt    time.Time `json:"opens_at"`
	ClosesAt   time.Time `json:"closes_at"`
	Roster     []string  `json:"roster"`
}

type signInRow struct {
	Session     string     `json:"session"`
	Attendee    string     `json:"attendee"`
	SignedInAt  *time.Time `json:"signed_in_at,omitempty"`
	SignedOutAt *time.Time `json:"signed_out_at,omitempty"`
	Absent      bool       `json:"absent,omitempty"`
	Reporter    string     `json:"reporter"`
}

// reported is what became of a report's sign-ins.
type reported struct {
	SignIns []struct {
		Status string   `json:"status"`
		Code   string   `json:"code"`
		Hours  *float64 `json:"hours"`
	} `json:"sign_ins"`
}

// teach gives the lessons that a training asks for, a day at a time, and reports who came at the end of each. A lesson
// that is not credited, or not in full, is made up for once. It returns the task as it stands when all is taught; without
// one it is not open any more, or the simulator was told to stop.
//
// After a restart it begins again: what was reported is reported once more, and changes nothing.
func (s *Simulator) teach(ctx context.Context, j *job, t *task, b Behaviour) (taught *task, settled bool) {
	lessons, err := t.lessons(b)
	if err == nil {
		err = s.nameStaff(ctx, j)
	}
	if err != nil {
		entry := entryOf(j, t, b, taskUnanswerable)
		entry.Code = "teaching"
		s.journal.note(entry)
		return nil, ctx.Err() == nil
	}
	planned := len(lessons)
	for given := 0; given < len(lessons); {
		today, err := t.today()
		if err != nil {
			return nil, true // it had a day before
		}
		due := given
		for due < len(lessons) && lessons[due].date.Before(today.Time) {
			due++
		}
		if due == given {
			if !pause(ctx, min(s.config.Delay, s.config.PollInterval)) {
				return nil, false
			}
			if t, settled = s.fetch(ctx, j); t == nil {
				return nil, settled
			}
			continue
		}
		for _, l := range s.report(ctx, j, t, b, lessons[given:due]) {
			if len(lessons) < 2*planned {
				lessons = append(lessons, t.makeUp(lessons, l))
			}
		}
		if ctx.Err() != nil {
			return nil, false
		}
		given = due
	}
	t.completed = completed(lessons)
	return t, true
}

// nameStaff names the institution's persons; the same again changes nothing.
func (s *Simulator) nameStaff(ctx context.Context, j *job) error {
	if j.player.staffed.Load() {
		return nil
	}
	for _, member := range staff {
		body, err := json.Marshal(member)
		if err != nil {
			return fmt.Errorf("name staff: %w", err)
		}
		got, err := s.client.persist(ctx, request{
			key: j.player.APIKey, path: "/v1/staff", body: body, idempotency: "staff-" + member.Ref,
		}, s.retried(Entry{InstitutionID: j.player.ID, TaskID: j.taskID}))
		if err != nil {
			return err
		}
		if !got.accepted() {
			return fmt.Errorf("name staff: %d %s", got.status, got.code)
		}
	}
	j.player.staffed.Store(true)
	return nil
}

// report reports the attendance of some lessons, and gives those, or the parts of them, that were not credited.
func (s *Simulator) report(ctx context.Context, j *job, t *task, b Behaviour, lessons []lesson) (missed []lesson) {
	body, err := json.Marshal(t.attendance(lessons))
	if err != nil {
		return nil // times and texts of our own
	}
	entry := entryOf(j, t, b, attendanceTaken)
	copies := 1
	if b == Duplicate {
		copies = duplicateCopies
	}
	var got reply
	for range copies {
		got, err = s.client.persist(ctx, request{
			key: j.player.APIKey, path: "/v1/attendance", body: body, idempotency: "attendance-" + digest(body),
		}, s.retried(entry))
		if err != nil {
			return nil
		}
	}
	var said reported
	entry.Status, entry.Code = got.status, got.code
	if !got.accepted() || json.Unmarshal(got.body, &said) != nil || len(said.SignIns) != len(lessons) {
		entry.Action = attendanceRefused
		s.journal.note(entry)
		for i := range lessons {
			lessons[i].missed = true
		}
		return nil
	}
	s.journal.note(entry)
	for i, row := range said.SignIns {
		switch credited := lessons[i].hours; {
		case row.Status == "refused":
			entry.Action, entry.Code = attendanceRefused, row.Code
			s.journal.note(entry)
			missed = append(missed, lessons[i])
		case row.Hours != nil && tenths(*row.Hours) < credited && !lessons[i].absent:
			rest := lessons[i]
			rest.hours -= tenths(*row.Hours)
			missed = append(missed, rest)
		}
	}
	return missed
}

// attendance is the report of some lessons.
func (t *task) attendance(lessons []lesson) attendanceReport {
	var r attendanceReport
	for _, l := range lessons {
		r.Sessions = append(r.Sessions, sessionRow{
			Ref: l.ref, Module: l.module, Mode: "offline", Place: fmt.Sprintf("第%d教室", 1+t.draw(9)), Instructor: teacher,
			OpensAt: l.opens(), ClosesAt: l.closes(), Roster: []string{t.CaseID},
		})
		row := signInRow{Session: l.ref, Attendee: t.CaseID, Absent: l.absent, Reporter: taker}
		if !l.absent {
			in, out := l.opens(), l.closes()
			row.SignedInAt, row.SignedOutAt = &in, &out
		}
		r.SignIns = append(r.SignIns, row)
	}
	return r
}

func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:8])
}
