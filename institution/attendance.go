package institution

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// The people of every institution, by its own numbers: one teaches, another takes attendance.
const (
	teacher = "T001"
	taker   = "R001"
)

var staff = []staffMember{{Ref: teacher, Name: "林授课"}, {Ref: taker, Name: "何考勤"}}

type staffMember struct {
	Ref  string `json:"ref"`
	Name string `json:"name"`
}

// nameStaff names an institution's people to the API, once in a run, and reports whether it knows them.
func (s *Simulator) nameStaff(ctx context.Context, p *player) bool {
	p.naming.Lock()
	defer p.naming.Unlock()
	for _, member := range staff {
		if p.staffed {
			break
		}
		about := Entry{Action: staffNamed, InstitutionID: p.ID}
		body, err := json.Marshal(member)
		if err != nil {
			return false
		}
		got, err := s.client.persist(ctx, request{
			key: p.APIKey, path: "/v1/staff", body: body, idempotency: "staff-" + member.Ref,
		}, s.retried(about))
		if err != nil {
			return false
		}
		about.Status, about.Code = got.status, got.code
		// Somebody else of that number serves as well: it is the number that is reported.
		if known := got.accepted() || got.status == http.StatusConflict; !known {
			about.Action = staffRefused
			s.journal.note(about)
			return false
		}
		s.journal.note(about)
	}
	p.staffed = true
	return true
}

// batch is attendance as the API takes it.
type batch struct {
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
	Session     string    `json:"session"`
	Attendee    string    `json:"attendee"`
	SignedInAt  time.Time `json:"signed_in_at,omitzero"`
	SignedOutAt time.Time `json:"signed_out_at,omitzero"`
	Absent      bool      `json:"absent,omitempty"`
	Reporter    string    `json:"reporter"`
}

// attendanceOf is lessons with one trainee in them.
func attendanceOf(caseID string, lessons ...lesson) batch {
	var b batch
	for _, l := range lessons {
		b.Sessions = append(b.Sessions, sessionRow{
			Ref: l.ref, Module: l.module, Mode: "offline", Place: "第1教室", Instructor: teacher,
			OpensAt: l.opens(), ClosesAt: l.closes(), Roster: []string{caseID},
		})
		row := signInRow{Session: l.ref, Attendee: caseID, Absent: l.attended == 0, Reporter: taker}
		if !row.Absent {
			row.SignedInAt, row.SignedOutAt = l.signs()
		}
		b.SignIns = append(b.SignIns, row)
	}
	return b
}

// rowReply is what became of a row.
type rowReply struct {
	Status string   `json:"status"`
	Code   string   `json:"code"`
	Hours  *float64 `json:"hours"` // credited; of a row that is new
}

// missing is how much of what the trainee attended of a lesson was not credited.
func (r rowReply) missing(l lesson) hours {
	switch {
	case r.Status == rowRefused:
		return l.attended
	case r.Hours != nil:
		return l.attended - tenths(*r.Hours)
	}
	return 0
}

const rowRefused = "refused"

// Codes of rows that are not taken.
const (
	inFuture        = "in_future"
	attendeeUnknown = "attendee_unknown" // not ours, or not any more
	attendeeOver    = "attendee_over"
)

var errAttendanceRefused = errors.New("the attendance is refused as a whole")

// attend sends attendance until it is taken or refused. It returns what became of each lesson: what the session was refused
// for, or else what became of the sign-in.
func (s *Simulator) attend(ctx context.Context, as *player, about Entry, sent batch) ([]rowReply, error) {
	body, err := json.Marshal(sent)
	if err != nil {
		return nil, fmt.Errorf("write attendance: %w", err)
	}
	got, err := s.client.persist(ctx, request{
		key: as.APIKey, path: "/v1/attendance", body: body, idempotency: "attendance-" + digest(body),
	}, s.retried(about))
	if err != nil {
		return nil, err
	}
	misstep := about.Action != attendanceTaken // which is noted by whoever makes it
	about.InstitutionID, about.Action, about.Status, about.Code = as.ID, attendanceRefused, got.status, got.code
	var told struct {
		Sessions []rowReply `json:"sessions"`
		SignIns  []rowReply `json:"sign_ins"`
	}
	if got.accepted() && json.Unmarshal(got.body, &told) != nil || len(told.Sessions) != len(sent.Sessions) ||
		len(told.SignIns) != len(sent.SignIns) {
		s.journal.note(about)
		return nil, errAttendanceRefused
	}
	for i, row := range told.Sessions {
		if row.Status == rowRefused {
			told.SignIns[i] = row
		}
	}
	if misstep {
		return told.SignIns, nil
	}
	for _, row := range told.SignIns {
		about.Action, about.Code = attendanceTaken, row.Code
		if row.Status == rowRefused {
			about.Action = attendanceRefused
		}
		s.journal.note(about)
	}
	return told.SignIns, nil
}

func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:8])
}
