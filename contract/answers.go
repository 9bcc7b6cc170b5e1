package contract

import (
	"encoding/json"

	"github.com/dengpan/dengpan/calendar"
)

// What institutions answer to their tasks, as the API takes it and the record keeps it.

// EnrolmentResult says that the training body has enrolled the trainee.
type EnrolmentResult struct {
	AcceptedOn calendar.Date `json:"accepted_on"`
}

// TrainingResult says which content of a training is complete, all of it or what was still missing. Hours are not claimed
// in it: they come from attendance.
type TrainingResult struct {
	CompletedModules []string `json:"completed_modules"`
}

// MarkResult is the mark of an exam or of one part of an evaluation. A trainee who was absent has no score, which is not
// 0 marks. An institution that issues certificates itself reports the number with the mark that earns it, and the day and the
// file of the certificate.
type MarkResult struct {
	Score             *float64      `json:"score"`
	Absent            bool          `json:"absent"`
	HeldOn            calendar.Date `json:"held_on"`
	CertificateNumber string        `json:"certificate_number,omitempty"`
	// CertificateIssuedOn is the day on the certificate that the institution issued; zero: the day on which it is recorded.
	CertificateIssuedOn calendar.Date `json:"certificate_issued_on,omitzero"`
	CertificateFile     string        `json:"certificate_file,omitempty"` // the id of the file
	Evidence            []string      `json:"evidence,omitempty"`         // files that it rests on
}

// Rejection says why an institution will not do a task.
type Rejection struct {
	ReasonCode string `json:"reason_code"`
	Note       string `json:"note,omitempty"`
}

// Cause is why a case is stuck when a task of a kind was refused so. A reason that says no more than that it was refused is
// told by what was.
func (r Rejection) Cause(taskKind string) Cause {
	switch reason := Cause(r.ReasonCode); {
	case reason == ClassFull, reason == WrongPerson, reason == NotOurOccupation:
		return reason
	case taskKind == EnrolmentTask:
		return EnrolmentRejected
	}
	return TaskRejected
}

// Decode reads an answer as the record keeps it.
func Decode[Answer any](body json.RawMessage) (Answer, error) {
	var a Answer
	err := json.Unmarshal(body, &a)
	return a, err
}
