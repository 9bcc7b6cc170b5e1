package institution_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"time"
)

// heldSession is a session as it was announced.
type heldSession struct {
	Ref        string    `json:"ref"`
	Module     string    `json:"module"`
	Mode       string    `json:"mode"`
	Place      string    `json:"place"`
	Instructor string    `json:"instructor"`
	OpensAt    time.Time `json:"opens_at"`
	ClosesAt   time.Time `json:"closes_at"`
	Roster     []string  `json:"roster"`
}

// signIn is one person's attendance as it was reported.
type signIn struct {
	Session     string     `json:"session"`
	Attendee    string     `json:"attendee"`
	SignedInAt  *time.Time `json:"signed_in_at"`
	SignedOutAt *time.Time `json:"signed_out_at"`
	Absent      bool       `json:"absent"`
	Reporter    string     `json:"reporter"`
}

// hours is what the sign-in is worth, in 学时 of 45 minutes.
func (s signIn) hours() float64 {
	if s.Absent {
		return 0
	}
	return s.SignedOutAt.Sub(*s.SignedInAt).Minutes() / 45
}

func (api *tasksAPI) nameStaff(w http.ResponseWriter, r *http.Request) {
	var named struct{ Ref, Name string }
	institution, ok := api.who(w, r)
	if !ok {
		return
	}
	if json.NewDecoder(r.Body).Decode(&named) != nil || named.Ref == "" || named.Name == "" {
		problem(w, http.StatusUnprocessableEntity, "validation_failed")
		return
	}
	api.mu.Lock()
	defer api.mu.Unlock()
	api.staff[institution+"/"+named.Ref] = true
	write(w, http.StatusCreated, named)
}

// attend takes a report of attendance, a row at a time.
func (api *tasksAPI) attend(w http.ResponseWriter, r *http.Request) {
	var batch struct {
		Sessions []heldSession `json:"sessions"`
		SignIns  []signIn      `json:"sign_ins"`
	}
	institution, ok := api.who(w, r)
	if !ok {
		return
	}
	if json.NewDecoder(r.Body).Decode(&batch) != nil {
		problem(w, http.StatusBadRequest, "malformed_json")
		return
	}
	api.mu.Lock()
	defer api.mu.Unlock()
	api.reports++
	sessions, signIns := []row{}, []row{}
	for _, s := range batch.Sessions {
		sessions = append(sessions, api.announce(institution, s))
	}
	for _, s := range batch.SignIns {
		signIns = append(signIns, api.take(institution, s))
	}
	write(w, http.StatusOK, map[string]any{"sessions": sessions, "sign_ins": signIns})
}

// row is what became of a row of a report.
type row map[string]any

func refused(code string) row { return row{"status": "refused", "code": code} }

func (api *tasksAPI) announce(institution string, s heldSession) row {
	name := institution + "/" + s.Ref
	if known, again := api.held[name]; again {
		if !reflect.DeepEqual(known, s) {
			return refused("session_conflict")
		}
		return row{"status": "repeated"}
	}
	ours := func(attendee string) bool {
		for _, t := range api.tasks {
			if t.CaseID == attendee && t.institution == institution {
				return true
			}
		}
		return false
	}
	switch {
	case !api.staff[institution+"/"+s.Instructor]:
		return refused("instructor_unknown")
	case slices.ContainsFunc(s.Roster, func(attendee string) bool { return !ours(attendee) }):
		return refused("attendee_unknown")
	}
	api.held[name] = s
	return row{"status": "recorded"}
}

func (api *tasksAPI) take(institution string, s signIn) row {
	session, known := api.held[institution+"/"+s.Session]
	same := func(other signIn) bool { return other.Session == s.Session && other.Attendee == s.Attendee }
	overlapping := func(other signIn) bool {
		return other.Attendee == s.Attendee && !other.Absent && !s.Absent &&
			other.SignedInAt.Before(*s.SignedOutAt) && s.SignedInAt.Before(*other.SignedOutAt)
	}
	switch {
	case !known:
		return refused("session_unknown")
	case api.refusals > 0:
		api.refusals--
		return refused("time_taken")
	case !slices.Contains(session.Roster, s.Attendee):
		return refused("not_on_roster")
	case !api.staff[institution+"/"+s.Reporter]:
		return refused("reporter_unknown")
	}
	if i := slices.IndexFunc(api.signIns, same); i >= 0 {
		if !reflect.DeepEqual(api.signIns[i], s) {
			return refused("attendance_conflict")
		}
		return row{"status": "repeated"}
	}
	switch {
	case s.Absent:
	case !s.SignedOutAt.After(*s.SignedInAt):
		return refused("sign_out_first")
	case s.SignedInAt.Before(session.OpensAt) || s.SignedOutAt.After(session.ClosesAt):
		return refused("outside_window")
	case s.SignedOutAt.After(api.calendar.Moment(time.Now().Add(-api.behind))):
		return refused("in_future")
	case slices.ContainsFunc(api.signIns, overlapping):
		return refused("time_taken")
	}
	api.signIns = append(api.signIns, s)
	return row{"status": "recorded", "hours": s.hours()}
}
