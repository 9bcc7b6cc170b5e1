package contract

import (
	"encoding/json"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/ledger"
)

// What institutions answer to their tasks, as the API takes it and the record keeps it.

// EnrolmentResult says that the training body has enrolled the trainee.
type EnrolmentResult struct {
	AcceptedOn calendar.Date `json:"accepted_on"`
}

// TrainingResult reports the sessions of a training, all of it or what was still missing.
type TrainingResult struct {
	Sessions         []Session `json:"sessions"`
	CompletedModules []string  `json:"completed_modules"`
}

// Session is one session as one trainee attended it. Hours are 学时.
type Session struct {
	Ref           string        `json:"ref"` // the institution's own name for the session
	Date          calendar.Date `json:"date"`
	Module        string        `json:"module"`
	Mode          string        `json:"mode"` // online or offline
	PlannedHours  ledger.Hours  `json:"planned_hours"`
	AttendedHours ledger.Hours  `json:"attended_hours"`
}

// MarkResult is the mark of an exam or of one part of an evaluation. A trainee who was absent has no score, which is not
// 0 marks. An institution that issues certificates itself reports the number with the mark that earns it.
type MarkResult struct {
	Score             *float64      `json:"score"`
	Absent            bool          `json:"absent"`
	HeldOn            calendar.Date `json:"held_on"`
	CertificateNumber string        `json:"certificate_number,omitempty"`
}

// Rejection says why an institution will not do a task.
type Rejection struct {
	ReasonCode string `json:"reason_code"`
	Note       string `json:"note,omitempty"`
}

// Decode reads an answer as the record keeps it.
func Decode[Answer any](body json.RawMessage) (Answer, error) {
	var a Answer
	err := json.Unmarshal(body, &a)
	return a, err
}
