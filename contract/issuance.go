package contract

import (
	"strconv"
	"time"
)

// Kinds of certificate.
const (
	TrainingCertificate = "training"
	GradeCertificate    = "grade"
)

// IssueCertificateRequest records a certificate. What Overrides has does not keep it from being issued: that its issuer is not
// listed today, by the city bureau's decision, or that the number it was reported under is another's.
type IssueCertificateRequest struct {
	CaseID    string    `json:"case_id"`
	Kind      string    `json:"kind"`
	Try       int       `json:"try"`
	Overrides Overrides `json:"overrides,omitempty"`
	// Change is what sent the case back to its training before.
	Change string `json:"change,omitempty"`
	// Waits counts how often the case has waited for the marks to be final.
	Waits int `json:"waits,omitempty"`
}

// Key identifies the step within its case.
func (r IssueCertificateRequest) Key() string {
	key := "certificate/" + r.Kind + "/" + strconv.Itoa(r.Try)
	if r.Change != "" {
		key += "/" + r.Change
	}
	if r.Waits > 0 {
		key += "/waited/" + strconv.Itoa(r.Waits)
	}
	return key
}

// IssueCertificateReply says what follows. A history of an earlier release says nothing of it: there, what was recorded was
// issued.
type IssueCertificateReply struct {
	StepReply

	// CertificateID is the certificate that is to be printed, signed and published; empty when nothing is, because the
	// institution reported its own.
	CertificateID string `json:"certificate_id,omitempty"`
	// Reviewable says that the marks which earn it are not final: it is asked for again once they may be.
	Reviewable *Reviewable `json:"reviewable,omitempty"`
}

// Reviewable is until when marks can be reviewed; without a day, until the case is told that what was asked for is answered.
type Reviewable struct {
	Until *time.Time `json:"until,omitempty"`
}

// What becomes of a certificate whose number is allocated and whose record is frozen. Its case waits for it, or no case does:
// a course's certificate, and one that takes the place of another, have a workflow of their own. Printing and publishing are
// local activities; signing is the signer's.
var (
	PrintCertificate   = Step[PrintCertificateRequest, StepReply]{Name: "PrintCertificate"}
	HoldCertificate    = Step[HoldCertificateRequest, StepReply]{Name: "HoldCertificate"}
	PublishCertificate = Step[PublishCertificateRequest, StepReply]{Name: "PublishCertificate"}
)

// CertificateStep is what a step that completes a certificate is told.
type CertificateStep struct {
	CaseID        string `json:"case_id,omitempty"` // of the case that waits for it; empty when none does
	CertificateID string `json:"certificate_id"`
	Try           int    `json:"try"` // counts the askings: an incident held the certificate up before
}

func (s CertificateStep) key(step string) string {
	return step + "/" + s.CertificateID + "/" + strconv.Itoa(s.Try)
}

// PrintCertificateRequest has a certificate's document rendered.
type PrintCertificateRequest struct{ CertificateStep }

// Key identifies the step within its case.
func (r PrintCertificateRequest) Key() string { return r.key("print") }

// HoldCertificateRequest opens the incident of a certificate that cannot be completed, for a cause that no other step tells
// of.
type HoldCertificateRequest struct {
	CertificateStep

	Cause Cause `json:"cause"`
}

// Key identifies the step within its case.
func (r HoldCertificateRequest) Key() string { return r.key("hold/" + string(r.Cause)) }

// PublishCertificateRequest makes a certificate valid, whose document is signed. Reviews counts how often the hours under it
// were reviewed meanwhile.
type PublishCertificateRequest struct {
	CertificateStep

	Reviews int `json:"reviews,omitempty"`
}

// Key identifies the step within its case.
func (r PublishCertificateRequest) Key() string {
	key := r.key("publish")
	if r.Reviews > 0 {
		key += "/" + strconv.Itoa(r.Reviews)
	}
	return key
}

// IssuanceInput starts the issuance of a certificate that no case waits for.
type IssuanceInput struct {
	CertificateID string `json:"certificate_id"`
}
