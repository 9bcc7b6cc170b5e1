package api

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/store"
)

// attendanceBody is a batch: each row is taken or refused by itself, and sessions come before sign-ins. Instants are the
// programme's.
type attendanceBody struct {
	Sessions []sessionRow `json:"sessions,omitempty" maxItems:"200"`
	SignIns  []signInRow  `json:"sign_ins,omitempty" maxItems:"1000"`
}

type sessionRow struct {
	Ref        string   `json:"ref" minLength:"1" maxLength:"64" doc:"Your own name for the session; it is announced once."`
	Module     string   `json:"module" minLength:"1" maxLength:"200"`
	Mode       string   `json:"mode" enum:"offline,online"`
	Place      string   `json:"place,omitempty" maxLength:"200" doc:"Needed for a session in a room."`
	Instructor string   `json:"instructor,omitempty" maxLength:"64" doc:"Of your staff. Needed for a session in a room."`
	OpensAt    string   `json:"opens_at" format:"date-time"`
	ClosesAt   string   `json:"closes_at" format:"date-time"`
	Roster     []string `json:"roster,omitempty" maxItems:"500" doc:"Ids of the cases that are to attend, or of places in the course. A repeat may add to it. Needed unless a class is named; beside one it names guests."`
	Class      string   `json:"class,omitempty" maxLength:"64" doc:"Of standardised training: your own name for the class. Its members are the roster; who joins it before the session opens is added."`
	Course     string   `json:"course,omitempty" maxLength:"64" doc:"Of a CE base: your own name for the course."`
}

type signInRow struct {
	Session     string `json:"session" minLength:"1" maxLength:"64" doc:"Your own name for the session."`
	Attendee    string `json:"attendee" minLength:"1" maxLength:"64" doc:"As on the roster."`
	SignedInAt  string `json:"signed_in_at,omitempty" format:"date-time"`
	SignedOutAt string `json:"signed_out_at,omitempty" format:"date-time"`
	Absent      bool   `json:"absent,omitempty"`
	Reporter    string `json:"reporter" minLength:"1" maxLength:"64" doc:"Of your staff: who took the attendance."`
}

// RowResult is what became of a row. (Exported because it is embedded: see CaseSummary.)
type RowResult struct {
	Status  string `json:"status" enum:"recorded,repeated,refused"`
	Code    string `json:"code,omitempty" doc:"The stable code of why it was refused, or of what is to be known of it."`
	Message string `json:"message,omitempty" doc:"The code in the reader's language."`
	Field   string `json:"field,omitempty" doc:"What of the row is at fault."`
}

type sessionResult struct {
	Index int    `json:"index" doc:"Of the row in the batch, from 0."`
	Ref   string `json:"ref,omitempty" doc:"Left out when it is at fault itself."`
	ID    string `json:"id,omitempty" doc:"Our id of the session."`
	RowResult
}

type signInResult struct {
	Index    int    `json:"index" doc:"Of the row in the batch, from 0."`
	Session  string `json:"session,omitempty"`
	Attendee string `json:"attendee,omitempty"`
	RowResult
	Hours *ledger.Hours `json:"hours,omitempty" doc:"学时 that were credited."`
	First *firstView    `json:"first,omitempty" doc:"The entry that stands in the way: an instant counts once for a person."`
}

// firstView points to an entry of the ledger, with no more than whose it is.
type firstView struct {
	Entry       int64    `json:"entry"`
	Institution bodyView `json:"institution"`
	Session     string   `json:"session,omitempty" doc:"Only of your own sessions."`
}

type attendanceOutput struct {
	Body struct {
		Recorded int             `json:"recorded"`
		Repeated int             `json:"repeated"`
		Refused  int             `json:"refused"`
		Sessions []sessionResult `json:"sessions"`
		SignIns  []signInResult  `json:"sign_ins"`
	}
}

// What becomes of a row.
const (
	rowRecorded = "recorded"
	rowRepeated = "repeated"
	rowRefused  = "refused"
)

// codeDailyCap says that a sign-in was recorded, and the day had no room for all of it.
const codeDailyCap = "daily_cap"

// postAttendance takes sessions and sign-ins in batches. Each row is a transaction of its own, so that a bad one harms no
// other, and a batch that was cut short is sent again as it is.
func (s *service) postAttendance(ctx context.Context, in *bodyInput) (*attendanceOutput, error) {
	sessions, signIns, err := readBatch(in.RawBody)
	if err != nil {
		return nil, err
	}
	out := &attendanceOutput{}
	out.Body.Sessions, out.Body.SignIns = []sessionResult{}, []signInResult{}
	count := map[string]*int{
		rowRecorded: &out.Body.Recorded, rowRepeated: &out.Body.Repeated, rowRefused: &out.Body.Refused,
	}
	for i, raw := range sessions {
		res, err := s.announce(ctx, s.Store.Tx, raw)
		if err != nil {
			return nil, err
		}
		res.Index = i
		*count[res.Status]++
		out.Body.Sessions = append(out.Body.Sessions, res)
	}
	var items []store.InboxItem
	for i, raw := range signIns {
		res, notify, err := s.signIn(ctx, s.Store.Tx, raw)
		if err != nil {
			return nil, err
		}
		if notify != nil {
			items = append(items, *notify)
		}
		res.Index = i
		*count[res.Status]++
		out.Body.SignIns = append(out.Body.SignIns, res)
	}
	s.forwardAll(ctx, items)
	return out, nil
}

// forwardAll tells cases what was committed for them. When one cannot be told, the relay tells the rest.
func (s *service) forwardAll(ctx context.Context, items []store.InboxItem) {
	for _, item := range items {
		if !s.forward(ctx, item) {
			return
		}
	}
}

// announce takes one session.
func (s *service) announce(ctx context.Context, write writing, raw []byte) (sessionResult, error) {
	r := requestOf(ctx)
	row, found, err := s.bodies.session.read(raw)
	if err != nil {
		return sessionResult{}, err
	}
	res := sessionResult{}
	if !found.has("ref") && printable(row.Ref) {
		res.Ref = row.Ref
	} else {
		found.add("ref", fieldFormat)
	}
	for field, text := range map[string]string{"module": row.Module, "place": row.Place} {
		if !printable(text) {
			found.add(field, fieldFormat)
		}
	}
	window := ledger.Interval{From: readInstant(found, "opens_at", row.OpensAt), To: readInstant(found, "closes_at", row.ClosesAt)}
	if row.Mode == string(ledger.Offline) {
		for field, text := range map[string]string{"place": row.Place, "instructor": row.Instructor} {
			if text == "" {
				found.add(field, fieldRequired)
			}
		}
	}
	if row.Roster == nil && row.Class == "" {
		found.add("roster", fieldRequired)
	}
	if row.Course != "" && row.Class != "" {
		found.add("class", fieldConflict)
	}
	for i, id := range row.Roster {
		if !isID(id) {
			found.add(fmt.Sprintf("roster[%d]", i), fieldFormat)
		}
	}
	if len(found.list) > 0 {
		res.RowResult = faultRow(r, found)
		return res, nil
	}
	var announced hours.Announced
	err = write(ctx, func(tx *store.Tx) error {
		announced, err = hours.Announce(tx, hours.Announcement{
			InstitutionID: *r.account.InstitutionID, Ref: row.Ref, Course: row.Course, Class: row.Class, Module: row.Module,
			Mode: ledger.Mode(row.Mode), Place: row.Place, Instructor: row.Instructor, Window: window, Roster: row.Roster,
			By: r.account.ID,
		}, hours.At(s.Calendar, s.Now()))
		if err != nil || !announced.Fresh && announced.Listed == 0 {
			return err
		}
		return s.audit(tx, r, "session.announce", "session:"+announced.Session.ID, "", map[string]any{"listed": announced.Listed})
	})
	if refusal := (*hours.RefusedError)(nil); errors.As(err, &refusal) {
		res.RowResult = refusedRow(r, refusal)
		return res, nil
	}
	res.ID, res.Status = announced.Session.ID, rowRepeated
	if announced.Fresh || announced.Listed > 0 {
		res.Status = rowRecorded
	}
	return res, err
}

// signIn takes one sign-in, and gives what the case is to be told.
func (s *service) signIn(ctx context.Context, write writing, raw []byte) (signInResult, *store.InboxItem, error) {
	r := requestOf(ctx)
	row, found, err := s.bodies.signIn.read(raw)
	if err != nil {
		return signInResult{}, nil, err
	}
	res := signInResult{}
	if !found.has("session") && printable(row.Session) {
		res.Session = row.Session
	} else {
		found.add("session", fieldFormat)
	}
	if isID(row.Attendee) {
		res.Attendee = row.Attendee
	} else {
		found.add("attendee", fieldFormat)
	}
	attended := readAttended(found, row.SignedInAt, row.SignedOutAt, row.Absent)
	if len(found.list) > 0 {
		res.RowResult = faultRow(r, found)
		return res, nil, nil
	}
	if err := s.mayMark(ctx, r.account, row.Attendee); err != nil {
		return res, nil, err
	}
	var recorded hours.Recorded
	err = write(ctx, func(tx *store.Tx) error {
		recorded, err = hours.Record(tx, hours.SignIn{
			InstitutionID: *r.account.InstitutionID, Session: row.Session, Attendee: row.Attendee, Attended: attended,
			Reporter: row.Reporter, By: r.account.ID,
		}, hours.At(s.Calendar, s.Now()))
		if err != nil || !recorded.Fresh {
			return err
		}
		return s.audit(tx, r, "attendance.record", "session:"+recorded.Session.ID, "", map[string]any{
			"attendee": row.Attendee, "seconds": int(recorded.Credited / time.Second),
		})
	})
	if refusal := (*hours.RefusedError)(nil); errors.As(err, &refusal) {
		res.RowResult = refusedRow(r, refusal)
		res.First, err = s.first(ctx, r, refusal.First)
		return res, nil, err
	}
	if err != nil {
		return res, nil, err
	}
	res.Status = rowRepeated
	if recorded.Fresh {
		worth := hours.Rule(recorded.Rules).Hours(recorded.Credited)
		res.Status, res.Hours = rowRecorded, &worth
		if recorded.Credited < recorded.Claimed.Truncate(time.Second) {
			res.Code, res.Message = codeDailyCap, sayRefusal(r, codeDailyCap)
		}
	}
	return res, recorded.Notify, nil
}
