package institution_test

import (
	"encoding/json"
	"net/http"
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
	if _, ok := api.who(w, r); !ok {
		return
	}
	if json.NewDecoder(r.Body).Decode(&named) != nil || named.Ref == "" || named.Name == "" {
		problem(w, http.StatusUnprocessableEntity, "validation_failed")
		return
	}
	api.mu.Lock()
	defer api.mu.Unlock()
	api.staff[named.Ref] = true
	write(w, http.StatusCreated, named)
}

// attend takes a report of attendance, a row at a time.
func (api *tasksAPI) attend(w http.ResponseWriter, r *http.Request) {
	var batch struct {
		Sessions []heldSession `json:"sessions"`
		SignIns  []signIn      `json:"sign_ins"`
	}
	if _, ok := api.who(w, r); !ok {
		return
	}
	if json.NewDecoder(r.Body).Decode(&batch) != nil {
		problem(w, http.StatusBadRequest, "malformed_json")
		return
	}
	api.mu.Lock()
	defer api.mu.Unlock()
	for _, s := range batch.Sessions {
		if _, known := api.held[s.Ref]; !known {
			api.held[s.Ref] = s
		}
	}
	rows := []map[string]any{}
	for _, s := range batch.SignIns {
		rows = append(rows, api.take(s))
	}
	write(w, http.StatusOK, map[string]any{"sign_ins": rows})
}

func (api *tasksAPI) take(s signIn) map[string]any {
	session, known := api.held[s.Session]
	same := func(other signIn) bool { return other.Session == s.Session && other.Attendee == s.Attendee }
	switch {
	case api.refusals > 0:
		api.refusals--
		return map[string]any{"status": "refused", "code": "time_taken"}
	case !known || !slices.Contains(session.Roster, s.Attendee) || !api.staff[s.Reporter] || !api.staff[session.Instructor]:
		return map[string]any{"status": "refused", "code": "not_on_roster"}
	case !s.Absent && (s.SignedInAt.Before(session.OpensAt) || s.SignedOutAt.After(session.ClosesAt)):
		return map[string]any{"status": "refused", "code": "outside_window"}
	case slices.ContainsFunc(api.signIns, same):
		return map[string]any{"status": "repeated"}
	}
	api.signIns = append(api.signIns, s)
	return map[string]any{"status": "recorded", "hours": s.hours()}
}
