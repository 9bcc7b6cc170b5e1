package client

import (
	"context"
	"time"
)

// Staff is a person of yours who teaches or takes attendance. Ref is your own number for them.
type Staff struct {
	Ref  string `json:"ref"`
	Name string `json:"name"`
}

// NameStaff names a person. The same again changes nothing.
func (c *Client) NameStaff(ctx context.Context, s Staff) error {
	return c.post(ctx, "/v1/staff", s, nil)
}

// Session is a lesson. Ref is your own name for it.
type Session struct {
	Ref        string    `json:"ref"`
	Module     string    `json:"module"`
	Mode       string    `json:"mode"` // offline or online
	Place      string    `json:"place,omitempty"`
	Instructor string    `json:"instructor,omitempty"`
	OpensAt    time.Time `json:"opens_at"`
	ClosesAt   time.Time `json:"closes_at"`
	Roster     []string  `json:"roster,omitempty"` // the cases that are to attend
	Class      string    `json:"class,omitempty"`  // your own name for a class, whose members are to attend
	Course     string    `json:"course,omitempty"` // your own name for a course of a CE base
}

// SignIn is somebody's attendance of a session, or their absence.
type SignIn struct {
	Session     string    `json:"session"`
	Attendee    string    `json:"attendee"`
	SignedInAt  time.Time `json:"signed_in_at,omitzero"`
	SignedOutAt time.Time `json:"signed_out_at,omitzero"`
	Absent      bool      `json:"absent,omitempty"`
	Reporter    string    `json:"reporter"` // who took the attendance
}

// Attendance is a batch: up to 200 sessions and 1000 sign-ins.
type Attendance struct {
	Sessions []Session `json:"sessions,omitempty"`
	SignIns  []SignIn  `json:"sign_ins,omitempty"`
}

// AttendanceReport says of each row what became of it. One bad row harms no other.
type AttendanceReport struct {
	Recorded int             `json:"recorded"`
	Repeated int             `json:"repeated"`
	Refused  int             `json:"refused"`
	Sessions []SessionResult `json:"sessions"`
	SignIns  []SignInResult  `json:"sign_ins"`
}

// SessionResult is what became of a session of a batch.
type SessionResult struct {
	Index   int    `json:"index"`
	Ref     string `json:"ref"`
	ID      string `json:"id"`
	Status  string `json:"status"` // recorded, repeated or refused
	Code    string `json:"code"`
	Message string `json:"message"`
	Field   string `json:"field"`
}

// SignInResult is what became of a sign-in of a batch.
type SignInResult struct {
	Index    int      `json:"index"`
	Session  string   `json:"session"`
	Attendee string   `json:"attendee"`
	Status   string   `json:"status"`
	Code     string   `json:"code"`
	Message  string   `json:"message"`
	Field    string   `json:"field"`
	Hours    *float64 `json:"hours"` // 学时 that were credited
}

// Report announces sessions and reports who attended. The same again changes nothing.
func (c *Client) Report(ctx context.Context, a Attendance) (AttendanceReport, error) {
	var r AttendanceReport
	err := c.post(ctx, "/v1/attendance", a, &r)
	return r, err
}
