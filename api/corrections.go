package api

import (
	"context"
	"errors"
	"time"

	"github.com/dengpan/dengpan/hours"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/store"
)

// correctionBody is a sign-in that is to hold in place of the one on record.
type correctionBody struct {
	Session     string `json:"session" minLength:"1" maxLength:"64" doc:"Your own name for the session."`
	Attendee    string `json:"attendee" minLength:"1" maxLength:"64"`
	SignedInAt  string `json:"signed_in_at,omitempty" format:"date-time"`
	SignedOutAt string `json:"signed_out_at,omitempty" format:"date-time"`
	Absent      bool   `json:"absent,omitempty"`
	Reporter    string `json:"reporter" minLength:"1" maxLength:"64"`
	Reason      string `json:"reason" minLength:"1" maxLength:"500"`
}

type decisionBody struct {
	Decision string `json:"decision" enum:"approve,refuse"`
	Reason   string `json:"reason" minLength:"1" maxLength:"500"`
}

func (b decisionBody) approves() bool { return b.Decision == "approve" }

// readDecision reads what somebody decides on what another asked for, and why.
func (s *service) readDecision(raw []byte) (decisionBody, error) {
	body, found, err := s.bodies.decision.read(raw)
	if err != nil {
		return body, err
	}
	body.Reason = reasonIn(found, body.Reason)
	return body, found.err()
}

// correctionView is a correction with what held before it.
type correctionView struct {
	ID             string       `json:"id"`
	Status         string       `json:"status" enum:"counted,pending,refused" doc:"Pending: it came late, and a second person has to decide."`
	Session        sessionBrief `json:"session"`
	Attendee       string       `json:"attendee"`
	Before         ReportView   `json:"before"`
	After          ReportView   `json:"after"`
	Reason         string       `json:"reason"`
	ReceivedAt     time.Time    `json:"received_at"`
	DecidedAt      *time.Time   `json:"decided_at,omitempty"`
	DecisionReason string       `json:"decision_reason,omitempty"`
}

// ReportView is what was reported of one person at one session; without instants, an absence. (Exported because it is embedded.)
type ReportView struct {
	SignedInAt  *time.Time `json:"signed_in_at,omitempty"`
	SignedOutAt *time.Time `json:"signed_out_at,omitempty"`
	Absent      bool       `json:"absent"`
	Reporter    string     `json:"reporter"`
}

type sessionBrief struct {
	ID          string `json:"id"`
	Ref         string `json:"ref"`
	Institution string `json:"institution_id"`
}

func briefOf(s store.Session) sessionBrief {
	return sessionBrief{ID: s.ID, Ref: s.Ref, Institution: s.InstitutionID}
}

func viewReport(a store.Attendance) ReportView {
	return ReportView{SignedInAt: a.SignedInAt, SignedOutAt: a.SignedOutAt, Absent: a.Absent(), Reporter: a.Reporter}
}

func viewCorrection(a store.Attendance, before store.Attendance, s store.Session, attendee string) correctionView {
	return correctionView{
		ID: a.ID, Status: a.State, Session: briefOf(s), Attendee: attendee, Before: viewReport(before), After: viewReport(a),
		Reason: a.Reason, ReceivedAt: a.ReceivedAt, DecidedAt: a.DecidedAt, DecisionReason: a.DecisionReason,
	}
}

type correctionOutput struct{ Body correctionView }

// postCorrection corrects what an institution reported. In time it holds at once; late, an operator decides.
func (s *service) postCorrection(ctx context.Context, in *bodyInput) (*correctionOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.bodies.correction.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	reason := reasonIn(found, body.Reason)
	if !isID(body.Attendee) {
		found.add("attendee", fieldFormat)
	}
	attended := readAttended(found, body.SignedInAt, body.SignedOutAt, body.Absent)
	if err := found.err(); err != nil {
		return nil, err
	}
	if err := s.mayMark(ctx, r.account, body.Attendee); err != nil {
		return nil, err
	}
	out := &correctionOutput{}
	var corrected hours.Corrected
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		corrected, err = hours.Correct(tx, hours.Correction{Reason: reason, SignIn: hours.SignIn{
			InstitutionID: *r.account.InstitutionID, Session: body.Session, Attendee: body.Attendee, Attended: attended,
			Reporter: body.Reporter, By: r.account.ID,
		}}, hours.At(s.Calendar, s.Now()))
		if err != nil {
			return err
		}
		out.Body = viewCorrection(corrected.Report, corrected.Before, corrected.Session, body.Attendee)
		if err := s.auditCorrection(tx, r, "attendance.correct", reason, corrected); err != nil {
			return err
		}
		return s.created(ctx, nil, out.Body)
	})
	if err != nil {
		return nil, refusedAttendance(err)
	}
	s.forwardAll(ctx, corrected.Notify)
	return out, nil
}

// auditCorrection writes who corrected what, with what held before and what holds now.
func (s *service) auditCorrection(tx *store.Tx, r *request, action, reason string, c hours.Corrected) error {
	return s.auditChange(tx, r, action, "attendance:"+c.Report.ID, reason, viewReport(c.Before), map[string]any{
		"state": c.Report.State, "report": viewReport(c.Report),
		"seconds_reversed": int(c.Reversed / time.Second), "seconds_credited": int(c.Credited / time.Second),
	})
}

// decideCorrection approves or refuses a late correction. Who sent it has no say in it.
func (s *service) decideCorrection(ctx context.Context, in *idBodyInput) (*correctionOutput, error) {
	r := requestOf(ctx)
	body, err := s.readDecision(in.RawBody)
	if err != nil {
		return nil, err
	}
	out := &correctionOutput{}
	var decided hours.Corrected
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		decided, err = hours.Decide(tx, hours.Decision{
			ID: in.ID, Approve: body.approves(), Reason: body.Reason, By: r.account.ID,
		}, hours.At(s.Calendar, s.Now()))
		if err != nil {
			return err
		}
		out.Body = viewCorrection(decided.Report, decided.Before, decided.Session, decided.Line.Attendee())
		return s.auditCorrection(tx, r, "attendance."+body.Decision, body.Reason, decided)
	})
	if err != nil {
		return nil, refusedAttendance(err)
	}
	s.forwardAll(ctx, decided.Notify)
	return out, nil
}

// refusedAttendance is the problem that a refusal makes where one report was sent and not a batch.
func refusedAttendance(err error) error {
	var refusal *hours.RefusedError
	if !errors.As(err, &refusal) {
		return err
	}
	p := problem(attendanceRefused)
	if refusal.Code == hours.CodeYearClosed || refusal.Code == hours.CodeDecidedBefore ||
		refusal.Code == hours.CodeCorrectionPending || refusal.Code == string(ledger.ErrSessionVoided) {
		p = problem(attendanceConflict)
	}
	field := refusal.Field
	if field == "" {
		field = whole
	}
	p.Errors = []FieldError{{Field: field, Code: refusal.Code}}
	return p
}

type correctionsInput struct {
	State string `query:"state" enum:"counted,pending,refused"`
	After string `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type correctionsOutput struct {
	Body struct {
		Corrections []correctionView `json:"corrections"`
		Next        *string          `json:"next" doc:"The after of the next page; null when there is none."`
	}
}

// listCorrections lists the corrections of the institution that asks; an operator sees everybody's.
func (s *service) listCorrections(ctx context.Context, in *correctionsInput) (*correctionsOutput, error) {
	r := requestOf(ctx)
	found := &faults{}
	filter := store.CorrectionFilter{Within: r.within(""), State: in.State, After: position(found, in.After), Limit: in.Limit + 1}
	if err := found.err(); err != nil {
		return nil, err
	}
	tx := s.Store.Read(ctx)
	lines, err := tx.Corrections(filter)
	if err != nil {
		return nil, err
	}
	out := &correctionsOutput{}
	lines, out.Body.Next = upTo(in.Limit, lines, func(l store.CorrectionLine) (time.Time, string) { return l.ReceivedAt, l.ID })
	ids := make([]string, len(lines))
	for i, line := range lines {
		ids[i] = line.SessionID
	}
	sessions, err := tx.SessionsByID(ids)
	if err != nil {
		return nil, err
	}
	out.Body.Corrections = make([]correctionView, len(lines))
	for i, line := range lines {
		out.Body.Corrections[i] = viewCorrection(line.Attendance, line.Before, sessions[line.SessionID], line.Attendee)
	}
	return out, nil
}
